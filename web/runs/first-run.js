// A project that is not there yet: lines that make it, and a wait for its first run.

import { empty, firstRun } from "../components/empty.js";
import { get } from "../lib/api.js";
import { fill } from "../lib/dom.js";

const pause = 2000;

export function awaitProject(place, name) {
  const wait = setInterval(async () => {
    if (document.hidden) return;
    try {
      const { projects } = await get("projects");
      if (!projects.some((project) => project.name === name && project.runCount)) return;
      clearInterval(wait);
      location.reload();
    } catch {
      // A server that is away for a moment is asked again.
    }
  }, pause);
  fill(place, empty(`There is no project ${name} yet`, "Its first run makes it. This page waits for it and shows it by itself.", firstRun(name)));
}
