// Whose turn it is to be drawn: one figure a frame, so that a burst of live data never blocks typing.

const restAfter = 300;
// While the pointer moves over figures, drawing what live data bring may take one part in so many of the time.
const partWhileMoving = 20;

const waiting = new Set();
let isDrawing = false;
let movedAt = -Infinity;
let nextFollowing = 0;

/** The pointer moves over a figure. */
export function notePointer() {
  movedAt = performance.now();
}

/** Draws `figure` when its turn comes. */
export async function takeTurn(figure) {
  waiting.add(figure);
  if (isDrawing) return;
  isDrawing = true;
  while (waiting.size) {
    await new Promise(requestAnimationFrame);
    const next = [...waiting].find((one) => !one.isFollowing || mayFollow());
    if (!next) continue;
    waiting.delete(next);
    const begun = performance.now();
    await next.draw();
    nextFollowing = begun + partWhileMoving * (performance.now() - begun);
  }
  isDrawing = false;
}

function mayFollow() {
  const now = performance.now();
  return now - movedAt > restAfter || now > nextFollowing;
}
