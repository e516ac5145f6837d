import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const GRID = ".o_field_widget[name=window_ids] .o_week_hours";
const cell = (day, hour) =>
    `${GRID} [role=gridcell][data-day='${day}'][data-step='${hour * 2}']`;
// Onto the cell, not onto the line above it.
const dragTo = (selector) => (helpers) =>
    helpers.drag_and_drop(selector, {position: {top: 5, left: 5}, relative: true});

registry.category("web_tour.tours").add("order_request_week_hours", {
    steps: () => [
        {
            content: "Look at the hours",
            trigger: ".o_notebook_headers a[name=hours]",
            run: "click",
        },
        {
            content: "Without any, customers always have to ask",
            trigger: `${GRID}_summary:contains('Always active')`,
        },
        {
            content: "Paint Monday's evening",
            trigger: cell(0, 21),
            run: dragTo(cell(0, 23.5)),
        },
        {
            content: "It is drawn",
            trigger: `${GRID}_summary:contains('Mon 21:00–24:00')`,
        },
        {
            content: "Paint on into Tuesday",
            trigger: cell(1, 0),
            run: dragTo(cell(1, 5.5)),
        },
        {
            content: "It is one night",
            trigger: `${GRID}_summary:contains('Mon 21:00–06:00')`,
        },
        {
            content: "Copy it to the other days",
            trigger: `${GRID} [aria-label='Copy Monday to other days']`,
            run: "click",
        },
        {
            content: "To working days",
            trigger: ".o-dropdown-item:contains('To Monday to Friday')",
            run: "click",
        },
        {
            content: "They are all there",
            trigger: `${GRID}_summary:contains('Mon–Fri 21:00–06:00')`,
        },
        {
            content: "Go to the answering hours",
            trigger: ".o_notebook_headers a[name=answers]",
            run: "click",
        },
        {
            content: "Answer in office hours",
            trigger: "[name=answer_window_ids] button:contains('Office hours')",
            run: "click",
        },
        ...stepUtils.saveForm(),
    ],
});
