import {SaleOrderLineListRenderer} from "@sale/js/sale_order_line_field/sale_order_line_field";
import {patch} from "@web/core/utils/patch";

/**
 * Combos, and sections that show only their total, are answered as a whole, so their
 * rows keep the columns of the offer.
 */
patch(SaleOrderLineListRenderer.prototype, {
    get comboColumns() {
        return [
            ...super.comboColumns,
            "offer_line_status",
            "offer_qty",
            "offer_published",
        ];
    },

    getSectionColumns(columns, record) {
        const sectionColumns = super.getSectionColumns(columns, record);
        if (!this.isSection(record)) {
            return sectionColumns;
        }
        const offerColumns = columns.filter((column) =>
            this.isOfferSectionColumn(column, record)
        );
        const byId = new Map(sectionColumns.map((column) => [column.id, column]));
        const title = sectionColumns.find((column) => column.name === this.titleField);
        title.colspan -= offerColumns.length;
        return columns
            .filter((column) => byId.has(column.id) || offerColumns.includes(column))
            .map((column) => byId.get(column.id) || column);
    },

    isOfferSectionColumn(column, record) {
        if (column.type === "button_group") {
            return column.buttons.some(
                (button) => button.clickParams.name === "action_open_offer_line"
            );
        }
        return (
            column.name === "offer_published" ||
            (column.name === "offer_line_status" && record.data.offer_line_status)
        );
    },
});
