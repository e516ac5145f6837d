from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Datetime, Domain
from odoo.tools import float_repr, formatLang

# One transaction: invoices of so many workshops, and not more lines than about these.
# While it lasts, nobody else gets a number of the journal.
CHUNK_KEYS = 100
CHUNK_LINES = 200


class LeadMarketAccrual(models.Model):
    """From the ledger to invoices.

    A *key* is what has an invoice of its own: company, workshop and currency, as plain
    ids. Keys are handed out in chunks, each chunk is one transaction, and an entry is
    locked and looked at again before it is invoiced: by the cron, the button or a
    queue, twice at once or after a crash, each entry gets on one invoice.
    """

    _inherit = "lead.market.accrual"

    def action_invoice(self):
        """Invoice the chosen entries, and say what became of each workshop.

        :return: action that opens the run
        :rtype: dict
        :raise AccessError: for who may not make invoices
        """
        self.check_access("read")
        self.env["account.move"].check_access("create")
        run = self.env["lead.market.invoice.run"]._start(scheduled=False)
        chosen = Domain("id", "in", self.ids)
        for keys in self._get_chunks(chosen):
            run._invoice_in_request(keys, chosen)
        run._finish()
        return run._get_action()

    def action_release(self):
        """Have entries invoiced again whose invoice was credited in full.

        :raise UserError: for entries whose invoice stands
        """
        self.check_access("read")
        self.env["account.move"].check_access("create")
        for accrual in self:
            accrual._check_release()
        # sudo: the ledger is written by its methods only
        self.sudo().write({"invoice_line_id": False})
        for accrual in self:
            accrual.order_id._log("released", entry=accrual.idem_key)

    # === CRON ===

    @api.model
    def _cron_invoice(self):
        """Invoice what is due, a chunk to a transaction; the rest in the next slice."""
        Run = self.env["lead.market.invoice.run"]
        run = Run._resume()
        chunks = self._get_chunks(tried=run._get_tried())
        if chunks and not run:
            run = Run._start(scheduled=True)
        run._dispatch(chunks)

    # === KEYS ===

    @api.model
    def _get_chunks(self, domain=Domain.TRUE, tried=()):
        """Return the keys of what is due, as lists that fit a transaction.

        :param Domain domain: restricts the entries
        :param set tried: keys to leave out
        :rtype: list[list[tuple[int, int, int]]]
        """
        groups = self._read_group(
            Domain(self._get_invoiceable_domain()) & domain,
            ["company_id", "workshop_partner_id", "currency_id"],
            ["__count"],
        )
        counts = {
            (company.id, partner.id, currency.id): min(
                count, company._get_market_lines_max()
            )
            for company, partner, currency, count in groups
        }
        chunks, lines = [], 0
        for key in sorted(counts.keys() - set(tried)):
            lines += counts[key]
            last = chunks[-1] if chunks else None
            is_full = last and (len(last) == CHUNK_KEYS or lines > CHUNK_LINES)
            if not last or is_full or last[0][0] != key[0]:
                chunks.append([])
                lines = counts[key]
            chunks[-1].append(key)
        return chunks

    @api.model
    def _get_keys_domain(self, keys):
        """Return a domain that holds for entries of some keys, and maybe for more.

        :rtype: Domain
        """
        companies, partners, currencies = (set(ids) for ids in zip(*keys, strict=True))
        return (
            Domain("company_id", "in", companies)
            & Domain("workshop_partner_id", "in", partners)
            & Domain("currency_id", "in", currencies)
        )

    def _get_key(self):
        self.ensure_one()
        return self.company_id.id, self.workshop_partner_id.id, self.currency_id.id

    # === INVOICING ===

    @api.model
    def _invoice_keys(self, keys, domain=Domain.TRUE):
        """Invoice what is due under some keys of one company, in this transaction.

        :param list keys: see the class
        :param Domain domain: restricts the entries
        :return: values of the lines of the run's report
        :rtype: list[dict]
        """
        groups = self._lock_due(keys, domain)
        free = [group for group in groups.values() if group._is_settled_by_itself()]
        # sudo: the ledger is written by its methods only
        self.sudo().browse().concat(*free)._settle()
        billed = [group for group in groups.values() if group not in free]
        moves = self._create_moves(billed)
        report = [group._prepare_report_vals("settled") for group in free]
        for group, move in zip(billed, moves, strict=True):
            report.append({**group._prepare_report_vals("created"), "move_id": move.id})
        report += [self._prepare_busy_vals(key) for key in keys if key not in groups]
        return report

    @api.model
    def _lock_due(self, keys, domain):
        """Return the entries due under each key, locked in this transaction.

        :rtype: dict[tuple, recordset]
        """
        due = self._get_invoiceable_domain()
        # sudo: the ledger is written by its methods only
        entries = self.sudo().search(
            Domain(due) & domain & self._get_keys_domain(keys), order="id"
        )
        groups = defaultdict(self.sudo().browse)
        for entry in entries.try_lock_for_update().filtered_domain(due):
            if (key := entry._get_key()) in keys:
                groups[key] += entry
        # A sum of records forgets its neighbours: read them all at once, not by key.
        return {
            key: group.with_prefetch(entries._prefetch_ids)
            for key, group in groups.items()
        }

    def _is_settled_by_itself(self):
        """Return whether entries of one key add up to nothing."""
        return self.currency_id.is_zero(sum(self.mapped("amount")))

    def _settle(self):
        """Set entries off against each other, without an invoice."""
        if self:
            self.write({"settled_on": Datetime.now()})

    @api.model
    def _create_moves(self, groups):
        """Create the invoices and credit notes, all at once.

        :param list groups: entries of one key each, all of one company
        :return: one move for each group, in this order
        :rtype: recordset of `account.move`
        """
        if not groups:
            return self.env["account.move"]
        company = groups[0].company_id
        self._mark_superseded(groups)
        bundles = [group._get_bundles() for group in groups]
        Move = self.env["account.move"].with_company(company)
        moves = Move.create(
            [
                group._prepare_move_vals(parts)
                for group, parts in zip(groups, bundles, strict=True)
            ]
        )
        for move, parts in zip(moves, bundles, strict=True):
            lines = move.invoice_line_ids.sorted("id")
            for line, entries in zip(lines, parts, strict=True):
                entries.invoice_line_id = line
        self._attach_statements(groups, moves)
        if company.market_post_invoices:
            moves.action_post()
        return moves

    @api.model
    def _mark_superseded(self, groups):
        """Keep cancelled invoices cancelled whose entries get on new ones."""
        # sudo: as the entries, which were found by the ledger's own method
        old = self.sudo().browse().concat(*groups).move_id
        if old:
            old.market_superseded = True

    def _get_bundles(self):
        """Return which entries of one key share an invoice line.

        Few stand one by one; many are added up by product, percentage and analytic
        account. Brackets make a percentage of its own for each order, so that these
        are added up as one.

        :rtype: list[recordset]
        """
        if len(self) <= self.company_id._get_market_lines_max():
            return list(self)
        bundles = defaultdict(self.browse)
        for entry in self:
            bundles[entry._get_bundle_key()] += entry
        return [bundle.with_prefetch(self._prefetch_ids) for bundle in bundles.values()]

    def _get_bundle_key(self):
        is_marginal = self.order_id._get_terms().get("type") == "marginal"
        category = self.category_id
        return (
            self._get_product(),
            None if is_marginal else self.percent_applied,
            category.analytic_account_id,
        )

    def _get_product(self):
        """Return the product that stands for the commission of entries.

        :rtype: recordset of `product.product`
        """
        return self.category_id[:1].product_id or self.company_id._get_market_product()

    # === VALUES ===

    def _prepare_move_vals(self, bundles):
        """Return the values of the invoice for entries of one key.

        :param list bundles: see `_get_bundles`
        :rtype: dict
        """
        partner = self.workshop_partner_id
        invoice_partner = partner.browse(partner.address_get(["invoice"])["invoice"])
        is_refund = sum(self.mapped("amount")) < 0
        entries = self.with_context(lang=partner.lang)
        return {
            "move_type": "out_refund" if is_refund else "out_invoice",
            "partner_id": invoice_partner.id,
            "journal_id": self.company_id._get_market_journal().id,
            "currency_id": self.currency_id.id,
            "reversed_entry_id": is_refund and self._get_refunded_move().id,
            "invoice_line_ids": [
                Command.create(
                    bundle.with_env(entries.env)._prepare_line_vals(is_refund)
                )
                for bundle in bundles
            ],
        }

    def _prepare_line_vals(self, is_refund):
        """Return the values of an invoice line.

        Whoever does the books reads it: no contact of a customer.

        :param bool is_refund: whether the line stands on a credit note
        :rtype: dict
        """
        amount = self.currency_id.round(sum(self.mapped("amount")))
        analytic = self.category_id[:1].analytic_account_id
        return {
            "product_id": self._get_product().id,
            "name": self._get_line_name(),
            "quantity": 1,
            "price_unit": -amount if is_refund else amount,
            **({"analytic_distribution": {analytic.id: 100}} if analytic else {}),
        }

    def _get_line_name(self):
        base = formatLang(
            self.env, sum(self.mapped("base_amount")), currency_obj=self.currency_id
        )
        if len(self) > 1:
            return self.env._(
                "Commissions on %(base)s, see the statement. Entries: %(count)s",
                count=len(self),
                base=base,
            )
        if not self.percent_applied:
            # What is taken back has none.
            return self.env._(
                "%(kind)s: %(order)s",
                kind=self._get_kind_label(),
                order=self.order_id.display_name,
            )
        return self.env._(
            "%(kind)s %(percent)s %% of %(base)s: %(order)s",
            kind=self._get_kind_label(),
            percent=float_repr(self.percent_applied, 2),
            base=base,
            order=self.order_id.display_name,
        )

    def _get_kind_label(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _get_refunded_move(self):
        """Return the one posted invoice that a credit note takes back, or none.

        :rtype: recordset of `account.move`
        """
        moves = self.order_id.accrual_ids.move_id.filtered(
            lambda m: m.move_type == "out_invoice" and m.state == "posted"
        )
        return moves if len(moves) == 1 else moves.browse()

    def _prepare_report_vals(self, result):
        """Return the values of a line of the run's report, for entries of one key.

        :param str result: value of the line's ``result``
        :rtype: dict
        """
        company, partner, currency = self[0]._get_key()
        return {
            "company_id": company,
            "workshop_partner_id": partner,
            "currency_id": currency,
            "result": result,
            "accrual_count": len(self),
            "amount": self.currency_id.round(sum(self.mapped("amount"))),
        }

    @api.model
    def _prepare_busy_vals(self, key):
        company, partner, currency = key
        return {
            "company_id": company,
            "workshop_partner_id": partner,
            "currency_id": currency,
            "result": "skipped",
            "reason": self.env._("Somebody else is invoicing this, or has done so."),
        }

    # === CHECKS ===

    def _check_release(self):
        self.ensure_one()
        if not self.is_credited:
            raise UserError(
                self.env._(
                    "%s is on no invoice that was credited in full.", self.idem_key
                )
            )
