// A page on paper: light, with the figures that have not been on the screen yet, without its controls.

import { lendTheme } from "../lib/theme.js";

const patience = 6000;

export async function printPage() {
  const figures = [...document.querySelectorAll("main il-figure:not([data-failed])")].filter((figure) => figure.spec && figure.checkVisibility());
  const drawn = figures.map((figure) => figure.dataset.drawn);
  const giveBack = lendTheme("light");
  for (const figure of figures) figure.becomeVisible(true, { again: true });
  const end = Date.now() + patience;
  while (Date.now() < end && figures.some((figure, index) => figure.dataset.drawn === drawn[index])) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  print();
  giveBack();
}
