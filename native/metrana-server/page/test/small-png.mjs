// A picture as a PNG of at most 256 colours, which is a third as large: for pictures that lie in the repository.
import { crc32, deflateSync } from "node:zlib";

const MOST = 256;
const COMMON = 160;
/** Of each channel: bits that tell colours apart. */
const BITS = 5;

/** @param page Any page of a browser, which unpacks the picture. */
export async function smallPng(page, png) {
  const { width, height, pixels } = await page.evaluate(async (encoded) => {
    const blob = await (await fetch(`data:image/png;base64,${encoded}`)).blob();
    const bitmap = await createImageBitmap(blob);
    const ctx = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    ctx.drawImage(bitmap, 0, 0);
    const { data } = ctx.getImageData(0, 0, bitmap.width, bitmap.height);
    let binary = "";
    for (let at = 0; at < data.length; at += 32_768) binary += String.fromCharCode(...data.subarray(at, at + 32_768));
    return { width: bitmap.width, height: bitmap.height, pixels: btoa(binary) };
  }, png.toString("base64"));
  const data = Buffer.from(pixels, "base64");
  const cellOf = (at) => ((data[at] >> (8 - BITS)) << (2 * BITS)) | ((data[at + 1] >> (8 - BITS)) << BITS) | (data[at + 2] >> (8 - BITS));
  const cells = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const cell = cellOf(at);
    const known = cells.get(cell) ?? { count: 0, sums: [0, 0, 0] };
    known.count += 1;
    for (let channel = 0; channel < 3; channel++) known.sums[channel] += data[at + channel];
    cells.set(cell, known);
  }
  // The commonest colours; and of the rest, one by one, that which is farthest from all of them, so that a rare one that means
  // something is not lost. What is left becomes the one that is closest.
  const all = [...cells].map(([cell, { count, sums }]) => ({ cell, count, colour: sums.map((sum) => sum / count), far: Infinity, place: 0 })).sort((a, b) => b.count - a.count);
  const palette = [];
  const take = ({ colour }) => {
    palette.push(colour.map(Math.round));
    for (const one of all) {
      const far = one.colour.reduce((sum, value, channel) => sum + (value - colour[channel]) ** 2, 0);
      if (far < one.far) Object.assign(one, { far, place: palette.length - 1 });
    }
  };
  all.slice(0, COMMON).forEach(take);
  while (palette.length < Math.min(MOST, all.length)) take(all.reduce((worst, one) => (one.far > worst.far ? one : worst)));
  const places = new Map(all.map(({ cell, place }) => [cell, place]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = places.get(cellOf(4 * (y * width + x)));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), part("IHDR", head), part("PLTE", Buffer.from(palette.flat())), part("IDAT", deflateSync(rows, { level: 9 })), part("IEND", Buffer.alloc(0))]);
}

function part(name, contents) {
  const whole = Buffer.alloc(12 + contents.length);
  whole.writeUInt32BE(contents.length, 0);
  whole.write(name, 4, "latin1");
  contents.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + contents.length)), 8 + contents.length);
  return whole;
}
