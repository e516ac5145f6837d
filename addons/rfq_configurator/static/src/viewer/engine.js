/** What pages need of the engine; it comes with the viewer, not with every page. */
import {Definition} from "../engine/definition.js";
import {namesIn} from "../engine/expression.js";
import {registry} from "@web/core/registry";

registry
    .category("rfq_configurator.engine")
    .add("Definition", Definition)
    .add("namesIn", namesIn);
