import {expect, test} from "@odoo/hoot";
import {ModelViewer} from "@rfq_configurator/viewer/model_viewer";
import {localization} from "@web/core/l10n/localization";
import {patchWithCleanup} from "@web/../tests/web_test_helpers";

test("sizes are written as the page's language has it", () => {
    patchWithCleanup(localization, {
        decimalPoint: ",",
        thousandsSep: " ",
        grouping: [3, 0],
    });
    const viewer = {model: {unit: "mm"}};
    expect(ModelViewer.prototype.formatSize.call(viewer, [2000, 700.26, 30.04])).toBe(
        "2 000 × 700,3 × 30 mm"
    );
});
