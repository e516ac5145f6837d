import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** Cards of variants on a phone, which begin at the one that was chosen. */
export class OfferCards extends Interaction {
    static selector = ".o_crm_offer_cards";

    start() {
        const first = this.el.children[Number(this.el.dataset.first)];
        if (first) {
            this.el.scrollLeft =
                first.offsetLeft - this.el.firstElementChild.offsetLeft;
        }
    }
}

registry
    .category("public.interactions")
    .add("crm_offer_calculation.offer_cards", OfferCards);
