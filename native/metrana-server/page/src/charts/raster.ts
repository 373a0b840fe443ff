import type { Pen } from "./shapes.ts";

/** A line without gaps, as the places that it goes through: x and y in turn. */
export class Polyline implements Pen {
  points = new Float64Array(1024);
  length = 0;

  moveTo(x: number, y: number) {
    this.length = 0;
    this.lineTo(x, y);
  }

  lineTo(x: number, y: number) {
    if (this.length + 2 > this.points.length) {
      const more = new Float64Array(this.points.length * 2);
      more.set(this.points);
      this.points = more;
    }
    this.points[this.length] = x;
    this.points[this.length + 1] = y;
    this.length += 2;
  }

  clear() {
    this.length = 0;
  }
}

/** Two of the four parts of a pixel, each with eight bits to spare. */
const HALF = 0x00ff00ff;
const FULL = 256;
/** Parts of a pixel, where a line is walked in whole numbers: as fine as leaves room for the highest of charts many times over. */
const FINE_BITS = 14;
const FINE = 2 ** FINE_BITS;
const FINE_END = 2 ** (30 - FINE_BITS);

/**
 * Pixels that lines are drawn on. Without a GPU a canvas takes longer for lines than the page does for everything else, because
 * it makes a shape of each; here a line is a walk over its pixels.
 */
export class Raster {
  readonly width: number;
  readonly height: number;
  /** Red lowest, alpha highest; colours are already multiplied by alpha. */
  readonly #pixels: Uint32Array;
  /** How much of each pixel a line covers that lets something through: where it crosses itself it is no darker. */
  #mask: Uint16Array | null = null;
  #isMasked = false;
  #redBlue = 0;
  #greenAlpha = 0;
  #opacity = 0;
  #thickness = 1;

  constructor(width: number, height: number) {
    [this.width, this.height] = [width, height];
    this.#pixels = new Uint32Array(width * height);
  }

  clear() {
    this.#pixels.fill(0);
  }

  /**
   * Chooses what the next lines are drawn with.
   * @param colour Red lowest, alpha highest, as in images.
   * @param thickness In pixels.
   */
  ink(colour: number, thickness: number) {
    const alpha = colour >>> 24;
    this.#opacity = alpha + (alpha >>> 7);
    this.#redBlue = (Math.imul(colour & HALF, this.#opacity) >>> 8) & HALF;
    this.#greenAlpha = (((((colour >>> 8) & 0xff) * this.#opacity) >>> 8) & 0xff) | (alpha << 16);
    this.#thickness = thickness;
  }

  /** Draws a line. */
  stroke(line: Polyline) {
    if (this.#opacity === 0) return;
    this.#isMasked = this.#opacity < FULL;
    this.#go(line);
    if (this.#isMasked) this.#putMask(line);
  }

  #go({ points, length }: Polyline) {
    if (this.#isMasked) this.#mask ??= new Uint16Array(this.#pixels.length);
    for (let at = 3; at < length; at += 2) {
      const fromX = points[at - 3] as number;
      const fromY = points[at - 2] as number;
      const x = points[at - 1] as number;
      const y = points[at] as number;
      if (!Number.isFinite(fromX + fromY + x + y)) continue;
      if (Math.abs(x - fromX) >= Math.abs(y - fromY)) {
        if (x >= fromX) this.#walk(fromX, fromY, x, y, this.width, this.height, 1, this.width);
        else this.#walk(x, y, fromX, fromY, this.width, this.height, 1, this.width);
      } else if (y >= fromY) this.#walk(fromY, fromX, y, x, this.height, this.width, this.width, 1);
      else this.#walk(y, x, fromY, fromX, this.height, this.width, this.width, 1);
    }
  }

  /**
   * Goes along the axis on which the line is longer, from `a` up to `b`. At each pixel on the way the line covers some across.
   * @param alongEnd How many pixels there are along; `acrossEnd` likewise.
   * @param alongStep How far the next pixel along is in memory; `acrossStep` likewise.
   */
  #walk(a: number, acrossA: number, b: number, acrossB: number, alongEnd: number, acrossEnd: number, alongStep: number, acrossStep: number) {
    // Pixels whose middle lies on the way, so that the next line begins behind this one; one at least, so that nothing vanishes.
    let from = Math.ceil(a - 0.5);
    let to = Math.ceil(b - 0.5);
    if (from >= to) to = (from = Math.floor(a)) + 1;
    from = Math.max(from, 0);
    to = Math.min(to, alongEnd);
    const thickness = this.#thickness;
    const slope = b > a ? (acrossB - acrossA) / (b - a) : 0;
    let across = acrossA + (from + 0.5 - a) * slope - thickness / 2;
    const isNear = Math.abs(acrossA) < FINE_END && Math.abs(acrossB) < FINE_END;
    if (isNear && !this.#isMasked && thickness === 1) return this.#walkThin(from * alongStep, to * alongStep, across, slope, acrossEnd, alongStep, acrossStep);
    for (let at = from * alongStep, end = to * alongStep; at < end; at += alongStep, across += slope) {
      const first = Math.floor(across);
      const last = Math.floor(across + thickness);
      if (first >= 0 && first < acrossEnd) this.#cover(at + first * acrossStep, Math.round((Math.min(first + 1, across + thickness) - across) * FULL));
      if (last === first) continue;
      for (let more = Math.max(0, first + 1); more < last && more < acrossEnd; more++) this.#cover(at + more * acrossStep, FULL);
      if (last >= 0 && last < acrossEnd) this.#cover(at + last * acrossStep, Math.round((across + thickness - last) * FULL));
    }
  }

  /**
   * The same for solid lines of one pixel, which crowds are made of: two neighbours share it. There are millions of such steps,
   * so that there are whole numbers only, and no calls.
   */
  #walkThin(at: number, end: number, acrossA: number, slope: number, acrossEnd: number, alongStep: number, acrossStep: number) {
    const pixels = this.#pixels;
    const redBlue = this.#redBlue;
    const greenAlpha = this.#greenAlpha;
    const step = Math.round(slope * FINE) | 0;
    let across = Math.round(acrossA * FINE) | 0;
    for (; at < end; at += alongStep, across = (across + step) | 0) {
      const first = across >> FINE_BITS;
      const second = (across >> (FINE_BITS - 8)) & 0xff;
      const rest = FULL - second;
      const place = (at + Math.imul(first, acrossStep)) | 0;
      // An own part and what is left of the pixel below it are never more than eight bits together.
      if (first >= 0 && first < acrossEnd) {
        const below = pixels[place] as number;
        const low = ((Math.imul(redBlue, rest) >>> 8) & HALF) + ((Math.imul(below & HALF, second) >>> 8) & HALF);
        const high = (Math.imul(greenAlpha, rest) & ~HALF) + (Math.imul((below >>> 8) & HALF, second) & ~HALF);
        pixels[place] = low | high;
      }
      if (second > 0 && first >= -1 && first + 1 < acrossEnd) {
        const below = pixels[place + acrossStep] as number;
        const low = ((Math.imul(redBlue, second) >>> 8) & HALF) + ((Math.imul(below & HALF, rest) >>> 8) & HALF);
        const high = (Math.imul(greenAlpha, second) & ~HALF) + (Math.imul((below >>> 8) & HALF, rest) & ~HALF);
        pixels[place + acrossStep] = low | high;
      }
    }
  }

  /** @param coverage How much of the pixel, from 0 to 256. */
  #cover(place: number, coverage: number) {
    if (this.#isMasked) {
      const mask = this.#mask as Uint16Array;
      if (coverage > (mask[place] as number)) mask[place] = coverage;
    } else this.#blend(place, coverage);
  }

  #putMask({ points, length }: Polyline) {
    let [top, bottom] = [Infinity, -Infinity];
    for (let at = 1; at < length; at += 2) {
      top = Math.min(top, points[at] as number);
      bottom = Math.max(bottom, points[at] as number);
    }
    const mask = this.#mask as Uint16Array;
    const begin = Math.max(0, Math.floor(top - this.#thickness) - 1) * this.width;
    const end = Math.min(this.height, Math.ceil(bottom + this.#thickness) + 1) * this.width;
    for (let place = begin; place < end; place++) {
      const coverage = mask[place] as number;
      if (coverage === 0) continue;
      this.#blend(place, coverage);
      mask[place] = 0;
    }
  }

  #blend(place: number, coverage: number) {
    const below = this.#pixels[place] as number;
    const rest = FULL - ((coverage * this.#opacity) >>> 8);
    const redBlue = ((Math.imul(this.#redBlue, coverage) >>> 8) & HALF) + ((Math.imul(below & HALF, rest) >>> 8) & HALF);
    const greenAlpha = ((Math.imul(this.#greenAlpha, coverage) >>> 8) & HALF) + ((Math.imul((below >>> 8) & HALF, rest) >>> 8) & HALF);
    this.#pixels[place] = redBlue | (greenAlpha << 8);
  }

  /** The pixels as images have them: colours are as they would be without any transparency. */
  copyTo(image: Uint32Array) {
    const pixels = this.#pixels;
    for (let place = 0; place < pixels.length; place++) {
      const pixel = pixels[place] as number;
      const alpha = pixel >>> 24;
      if (alpha === 0 || alpha === 255) {
        image[place] = pixel;
        continue;
      }
      const factor = 255 / alpha;
      const red = Math.min(255, (pixel & 0xff) * factor + 0.5);
      const green = Math.min(255, ((pixel >>> 8) & 0xff) * factor + 0.5);
      const blue = Math.min(255, ((pixel >>> 16) & 0xff) * factor + 0.5);
      image[place] = ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    }
  }
}
