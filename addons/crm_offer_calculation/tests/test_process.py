from freezegun import freeze_time
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import OfferCommon

SEARCHES = (
    "crm.view_crm_case_opportunities_filter",
    "crm_offer_calculation.crm_lead_view_search_deals",
)


@tagged("post_install", "-at_install")
class TestProcess(OfferCommon):
    """A team is a sales process: own stages, own numbers."""

    def _create_team(self, name, **vals):
        return (
            self.env["crm.team"].with_user(self.manager).create({"name": name, **vals})
        )

    def test_numbers_of_each_process(self):
        windows = self._create_team("Windows", deal_prefix="W/%(year)s/")
        insurance = self._create_team("Insurance", deal_prefix="INS-")
        numbers = [
            self._create_lead(team_id=team.id).number
            for team in (windows, insurance, windows)
        ]
        year = self.env.cr.now().year
        self.assertEqual(numbers, [f"W/{year}/0001", "INS-0001", f"W/{year}/0002"])

    def test_numbers_of_offers(self):
        """Offers of a process may have numbers of their own, variants follow them."""
        windows = self._create_team("Windows", offer_prefix="WO-")
        offers = [self._create_team_offer(windows) for _number in range(2)]
        self.assertEqual([one.name for one in offers], ["WO-0001", "WO-0002"])
        self.assertEqual(offers[0].variant_ids.name, "WO-0001/A")
        other = self._create_team_offer(self._create_team("Others"))
        self.assertRegex(other.name, r"^OF\d{5}$")
        windows.offer_prefix = False
        self.assertRegex(self._create_team_offer(windows).name, r"^OF\d{5}$")

    def _create_team_offer(self, team):
        lead = self._create_lead(team_id=team.id).with_user(self.seller)
        return self.env["crm.offer"].browse(lead.action_new_offer()["res_id"])

    def test_numbers_of_another_year(self):
        """The year in the number is that of the deal; counting goes on."""
        team = self._create_team("Windows", deal_prefix="W/%(year)s/")
        numbers = []
        for moment in ("2026-12-31 12:00:00", "2027-01-01 12:00:00"):
            with freeze_time(moment):
                numbers.append(self._create_lead(team_id=team.id).number)
        self.assertEqual(numbers, ["W/2026/0001", "W/2027/0002"])

    def test_number_without_own_sequence(self):
        team = self._create_team("Others")
        self.assertRegex(self._create_lead(team_id=team.id).number, r"^D\d{5}$")

    def test_number_is_found(self):
        """By typing it where one searches for a deal, without choosing a field."""
        lead = self._create_lead(name="Windows")
        for view in SEARCHES:
            arch = self.env["crm.lead"].get_view(self.env.ref(view).id)["arch"]
            typed = etree.fromstring(arch).find("field")
            for text in (lead.number, lead.name):
                with self.subTest(view=view, text=text):
                    domain = safe_eval(typed.get("filter_domain"), {"self": text})
                    self.assertIn(lead, self.env["crm.lead"].search(domain))

    def test_number_stays(self):
        """It is known to the customer: a deal keeps it wherever it goes."""
        windows = self._create_team("Windows", deal_prefix="W")
        doors = self._create_team("Doors", deal_prefix="D")
        lead = self._create_lead(team_id=windows.id)
        lead.team_id = doors
        self.assertEqual(lead.number, "W0001")
        self.assertNotEqual(lead.copy().number, lead.number)

    def test_process_stays(self):
        """Who gets a deal need not be a member of its process."""
        doors = self._create_team("Doors", member_ids=self.other_seller.ids)
        for vals in (
            {"deal_prefix": "W"},
            {"stage_ids": [Command.create({"name": "Measured"})]},
            {"use_calculation": False},
        ):
            team = self._create_team("Windows", **vals)
            lead = self._create_lead(team_id=team.id).with_user(self.manager)
            with self.subTest(vals), Form(lead) as form:
                form.user_id = self.other_seller
                self.assertEqual(form.team_id, team)
            self.assertEqual(lead.team_id, team)
        lead = self._create_lead(team_id=self._create_team("Others").id)
        lead = lead.with_user(self.manager)
        lead.user_id = self.other_seller
        self.assertEqual(lead.team_id, doors)

    def test_deal_from_the_mail_gateway(self):
        """Nobody is logged in there; the process of the alias gives the number."""
        team = self._create_team(
            "Doors", deal_prefix="D", alias_name="offer-doors", use_leads=False
        )
        team.sudo().alias_id.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "offers.example"}
        )
        lead = self.env["mail.thread"].message_process(
            None,
            "From: blum@c.example\nTo: offer-doors@offers.example\n"
            "Subject: Two doors\nMessage-Id: <doors@c.example>\n\nHow much?\n",
        )
        lead = self.env["crm.lead"].browse(lead)
        self.assertEqual((lead.team_id, lead.number), (team, "D0001"))

    def test_numbers_of_many_at_once(self):
        team = self._create_team("Windows", deal_prefix="W")
        leads = self.env["crm.lead"].create(
            [
                {"name": "Import", "type": "opportunity", "team_id": team.id}
                for _number in range(3)
            ]
        )
        self.assertEqual(leads.mapped("number"), ["W0001", "W0002", "W0003"])

    def test_imported_number(self):
        self.assertEqual(self._create_lead(number="OLD-7").number, "OLD-7")

    def test_lead_gets_number_as_a_deal(self):
        lead = self._create_lead(type="lead")
        self.assertFalse(lead.number)
        lead.convert_opportunity(lead.partner_id)
        self.assertTrue(lead.number)

    def test_changed_prefix(self):
        """Counting goes on."""
        team = self._create_team("Windows", deal_prefix="W")
        self._create_lead(team_id=team.id)
        team.deal_prefix = "WIN"
        self.assertEqual(self._create_lead(team_id=team.id).number, "WIN0002")

    def test_odd_prefix(self):
        for prefix in ("%(yeer)s", "%(year)", "100%", "R/%s/", "%d"):
            for name in ("deal_prefix", "offer_prefix"):
                with (
                    self.subTest(prefix, name=name),
                    self.assertRaisesRegex(UserError, r"year as %\(year\)s"),
                ):
                    self._create_team("Odd", **{name: prefix})
        self.assertEqual(self._create_team("Odd", deal_prefix="%%").deal_prefix, "%%")

    def test_least_margin_that_nothing_has(self):
        with self.assertRaisesRegex(ValidationError, "below 100 %"):
            self._create_team("Windows", min_margin_percent=1)

    def test_manager_forms_a_process(self):
        """Stages and numbers are in one form, without the developer mode."""
        stages = self.env["crm.stage"].with_user(self.manager)
        stage = stages.create({"name": "Needs analysis"})
        with Form(self.env["crm.team"].with_user(self.manager)) as form:
            form.name = "Insurance"
            form.deal_prefix = "I"
            form.use_calculation = False
            form.stage_ids.add(stage)
        team = form.save()
        self.assertEqual(team.stage_ids.team_ids, team)
        leads = self.env["crm.lead"].with_context(default_team_id=team.id)
        self.assertIn(stage, leads._read_group_stage_ids(stages.browse(), []))
        menus = self.env["ir.ui.menu"].with_user(self.manager)._visible_menu_ids()
        self.assertIn(self.env.ref("crm.menu_crm_lead_stage_act").id, menus)

    def test_stages_in_their_order(self):
        """Those that all processes share are told as well."""
        self.env["crm.stage"].search([]).team_ids = self._create_team("Others")
        stages = self.env["crm.stage"].create(
            [{"name": name, "sequence": 2 * i} for i, name in enumerate("XYZ")]
        )
        team = self._create_team("Windows")
        team.stage_ids = [Command.create({"name": "Measured", "sequence": 3})]
        self.assertEqual(team.stage_path, "X → Y → Measured → Z")
        self.assertFalse(stages.team_ids)

    def test_stage_leaves_the_process(self):
        """It does not become a stage of all others; deals are not left without one."""
        team = self._create_team("Windows")
        team.stage_ids = [
            Command.create({"name": "Measured"}),
            Command.create({"name": "Offered"}),
        ]
        measured, offered = team.stage_ids
        other = self._create_team("Doors")
        other.stage_ids = offered
        lead = self._create_lead(
            team_id=team.id, stage_id=measured.id, user=self.other_seller
        )
        with (
            self.assertRaisesRegex(UserError, "still deals in the stage Measured"),
            self.env.cr.savepoint(),
        ):
            team.stage_ids = False
        lead.stage_id = offered
        team.stage_ids = False
        self.assertFalse(measured.exists())
        self.assertEqual(offered.team_ids, other)

    def test_new_stage_of_a_process_that_is_not_saved(self):
        """It is no stage of all processes, even if nobody saves the form."""
        team = self._create_team("Windows")
        arch = Form(team, view="sales_team.crm_team_view_form")._view["tree"]
        (node,) = arch.xpath("//field[@name='stage_ids']")
        context = safe_eval(node.get("context"), {"id": team.id})
        stages = self.env["crm.stage"].with_user(self.manager)
        with Form(stages.with_context(**context)) as form:
            form.name = "Measured"
        self.assertEqual(form.record.team_ids, team)

    def test_new_stage_without_a_warning(self):
        stages = self.env["crm.stage"].with_user(self.manager)
        self.assertFalse(stages._onchange_is_won())
        self.assertTrue(stages.create({"name": "Measured"})._onchange_is_won())

    def test_salesperson_forms_no_process(self):
        team = self._create_team("Windows")
        with self.assertRaises(AccessError):
            team.with_user(self.seller).deal_prefix = "X"
