// Files that a page makes.

import { h } from "./dom.js";

/** Saves text or bytes as a file of that name. */
export function download(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

const block = 512;

/** `files`: [{name, text}] as one archive in the ustar format, which every tar reads. */
export function tar(files) {
  const encoder = new TextEncoder();
  const parts = files.flatMap(({ name, text }) => {
    const bytes = encoder.encode(text);
    const padded = new Uint8Array(Math.ceil(bytes.length / block) * block);
    padded.set(bytes);
    return [header(encoder.encode(name).slice(0, 100), bytes.length, encoder), padded];
  });
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 2 * block));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
}

function header(name, size, encoder) {
  const bytes = new Uint8Array(block);
  const write = (text, at) => bytes.set(encoder.encode(text), at);
  bytes.set(name);
  write("0000644\x000000000\x000000000\x00", 100);
  write(`${size.toString(8).padStart(11, "0")}\x00${"0".repeat(11)}\x00`, 124);
  write("        0", 148);
  write("ustar\x0000", 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  write(`${sum.toString(8).padStart(6, "0")}\x00 `, 148);
  return bytes;
}
