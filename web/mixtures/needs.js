// A project without mixtures: what a run has to say, and what gives them.

import { snippet } from "../components/copy.js";
import { empty } from "../components/empty.js";
import { h } from "../lib/dom.js";

export function needs(project) {
  return empty("No run of this project has a mixture", "A run says what it was trained on by params, one for each domain, that sum to 1: mixture/web, mixture/code, … and logs the losses that matter.",
    h("p", {}, "Tables of mixtures and results are joined by a column:"),
    snippet(`isoloss import mixtures MIXTURES.csv METRICS.csv --project ${project} --join index`),
    h("p", {}, "Which mixtures to train first, with files to launch:"),
    snippet("isoloss mixture design --domains web,code,books --count 24 --minimum 0.01 --format yaml"));
}
