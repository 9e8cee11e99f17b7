// Which metrics belong together: by what they are about, as far as their names tell.

const parts = /^(train|training|val|valid|validation|eval|test|dev)$/i;
const schedules = /(^|[/_.])(lr|learning_rate|grad_?norm|epoch|throughput|tokens|tokens_per_second|mfu|step_time)/i;

/**
 * [{id, title, metrics, together?, prefix?}] in the order they are read. Three or more losses or
 * shares under one prefix are domains, drawn as the lines of one figure.
 */
export function sectionsOf(names) {
  const machine = names.filter((name) => name.startsWith("system/"));
  const rest = names.filter((name) => !name.startsWith("system/"));
  const domains = groupsOf(rest);
  const inGroups = new Set(domains.flatMap((group) => group.metrics));
  const single = rest.filter((name) => !inGroups.has(name)).toSorted((a, b) => rank(b) - rank(a) || a.localeCompare(b));
  const evaluated = single.filter((name) => /(^|[/_.])(val|valid|validation|eval|test|dev)([/_.]|$)/i.test(name));
  const trained = single.filter((name) => !evaluated.includes(name));
  return [
    { id: "training", title: "Training", metrics: trained },
    { id: "evaluation", title: "Evaluation", metrics: evaluated },
    ...domains,
    { id: "system", title: "The machine", metrics: machine.toSorted() },
  ].filter((section) => section.metrics.length);
}

export function domainsOf({ metrics, prefix }) {
  return metrics.map((name) => name.slice(prefix.length + 1));
}

function groupsOf(names) {
  const groups = Map.groupBy(names.filter((name) => name.includes("/")), (name) => name.slice(0, name.lastIndexOf("/")));
  return [...groups].filter(([prefix, metrics]) => isDomains(prefix, metrics)).map(([prefix, metrics], index) => ({
    id: `domains${index || ""}`, together: true, prefix, metrics: metrics.toSorted(),
    title: /mixture/i.test(prefix) ? "Mixture over the run" : "By domain",
  }));
}

function isDomains(prefix, metrics) {
  const own = metrics.filter((name) => !parts.test(name.slice(prefix.length + 1)));
  return own.length >= 3 && own.length === metrics.length && /loss|nll|perplexity|ppl|mixture|accuracy/i.test(prefix);
}

function rank(name) {
  if (/loss|nll|perplexity/i.test(name)) return 3;
  return schedules.test(name) ? 1 : 2;
}
