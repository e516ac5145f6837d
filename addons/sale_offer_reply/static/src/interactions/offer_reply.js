import {Interaction} from "@web/public/interaction";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

const STORAGE_PREFIX = "offer_reply";

/**
 * Comfort for the reply form, which works without it: amounts by answer while choosing,
 * what is still missing, and a draft that survives a closed browser.
 */
export class OfferReply extends Interaction {
    static selector = ".o_portal_sale_sidebar:has(.o_offer_form)";
    dynamicContent = {
        ".o_offer_answer input": {"t-on-change": this.onAnswer},
        ".o_offer_comment textarea": {"t-on-input": this.saveDraft},
        ".o_offer_form textarea": {"t-on-input": this.saveDraft},
        ".o_offer_form": {"t-on-submit": this.onSubmit},
        ".o_offer_send": {"t-att-disabled": () => this.isSending},
    };

    setup() {
        this.isSending = false;
        this.form = this.el.querySelector(".o_offer_form");
        this.groups = [...this.el.querySelectorAll(".o_offer_answer")];
        this.storageKey = [
            STORAGE_PREFIX,
            this.form.dataset.order,
            this.form.dataset.revision,
        ].join("_");
        this.askTotals = this.debounced(this.updateTotals, 300);
    }

    start() {
        if (this.form.dataset.restore === "1") {
            this.restoreDraft();
        }
        this.fillFeedbackLines();
        this.updateProgress();
        if (Object.keys(this.answers).length) {
            this.askTotals();
        }
    }

    get answers() {
        const answers = {};
        for (const group of this.groups) {
            const chosen = group.querySelector("input:checked");
            if (chosen) {
                answers[group.dataset.line] = chosen.value;
            }
        }
        return answers;
    }

    nameOf(group) {
        return group
            .querySelector(".o_offer_line_name")
            .textContent.trim()
            .split("\n")[0];
    }

    onAnswer() {
        this.saveDraft();
        this.updateProgress();
        this.askTotals();
    }

    onSubmit() {
        // The form leaves the page; a second press must not send it again.
        this.isSending = true;
    }

    // ---- what is missing ----

    updateProgress() {
        const missing = this.groups.filter(
            (group) => !group.querySelector("input:checked")
        );
        const box = this.form.querySelector(".o_offer_missing");
        box.classList.toggle("d-none", !missing.length);
        box.querySelector(".o_offer_missing_title").textContent = _t(
            "Still to answer: %s",
            missing.length
        );
        box.querySelector(".o_offer_missing_list").replaceChildren(
            ...missing.map((group) => {
                const item = document.createElement("li");
                const link = document.createElement("a");
                link.href = `#${group.id}`;
                link.textContent = this.nameOf(group);
                item.append(link);
                return item;
            })
        );
        const bar = this.el.querySelector(".o_offer_bar");
        bar.classList.remove("d-none");
        bar.querySelector(".o_offer_bar_text").textContent = _t(
            "%(done)s of %(all)s lines answered",
            {done: this.groups.length - missing.length, all: this.groups.length}
        );
    }

    // ---- amounts ----

    async updateTotals() {
        const url = `/my/orders/${this.form.dataset.order}/offer/totals`;
        const token = this.form.querySelector("[name=access_token]");
        const result = await this.waitFor(
            rpc(
                url,
                {access_token: token && token.value, answers: this.answers},
                {silent: true}
            )
        );
        for (const row of result.totals || []) {
            const cells = this.el.querySelectorAll(
                `.o_offer_totals [data-answer=${row.answer}] [data-value]`
            );
            for (const cell of cells) {
                cell.textContent = row[cell.dataset.value];
            }
        }
    }

    // ---- draft ----

    saveDraft() {
        const draft = {answers: this.answers, texts: {}};
        for (const area of this.textAreas) {
            if (area.value) {
                draft.texts[area.name] = area.value;
            }
        }
        try {
            browser.localStorage.setItem(this.storageKey, JSON.stringify(draft));
        } catch {
            // A full or blocked store costs the draft, not the reply.
        }
    }

    restoreDraft() {
        let draft = null;
        try {
            draft = JSON.parse(browser.localStorage.getItem(this.storageKey));
        } catch {
            return;
        }
        for (const group of this.groups) {
            const answer = draft?.answers?.[group.dataset.line];
            const input = [...group.querySelectorAll("input")].find(
                (radio) => radio.value === answer
            );
            if (input) {
                input.checked = true;
            }
        }
        for (const area of this.textAreas) {
            const text = draft?.texts?.[area.name];
            if (text && !area.value) {
                area.value = text;
                area.closest("details")?.setAttribute("open", "open");
            }
        }
    }

    get textAreas() {
        return this.el.querySelectorAll(
            ".o_offer_comment textarea, .o_offer_form textarea"
        );
    }

    // ---- feedback ----

    fillFeedbackLines() {
        const select = this.el.querySelector(
            ".o_offer_feedback_panel select[name=line_id]"
        );
        for (const group of select ? this.groups : []) {
            select.append(new Option(this.nameOf(group), group.dataset.line));
        }
    }
}

/** Forgets the drafts of an offer once its reply has arrived. */
export class OfferThanks extends Interaction {
    static selector = ".o_offer_thanks";

    start() {
        const prefix = `${STORAGE_PREFIX}_${this.el.dataset.order}_`;
        for (const key of Object.keys(browser.localStorage)) {
            if (key.startsWith(prefix)) {
                browser.localStorage.removeItem(key);
            }
        }
    }
}

registry
    .category("public.interactions")
    .add("sale_offer_reply.offer_reply", OfferReply)
    .add("sale_offer_reply.offer_thanks", OfferThanks);
