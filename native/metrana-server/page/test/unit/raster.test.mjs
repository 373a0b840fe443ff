import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../data.mjs";
import { load } from "./load.mjs";

const { Polyline, Raster } = await load("charts/raster.ts");

const RED = 0xff0000ff;
const BLUE = 0xffff0000;

/** What is drawn, as rows of pixels. */
function drawn(width, height, draw) {
  const raster = new Raster(width, height);
  draw(raster);
  const image = new Uint32Array(width * height);
  raster.copyTo(image);
  return Array.from({ length: height }, (_, row) => [...image.subarray(row * width, (row + 1) * width)]);
}
const line = (raster, ...points) => {
  const polyline = new Polyline();
  points.forEach(([x, y], place) => (place === 0 ? polyline.moveTo(x, y) : polyline.lineTo(x, y)));
  raster.stroke(polyline);
};
const alphas = (rows) => rows.map((row) => row.map((pixel) => pixel >>> 24));

test("a line through the middle of pixels covers them, and nothing else", () => {
  const rows = drawn(4, 3, (raster) => {
    raster.ink(RED, 1);
    line(raster, [0, 1.5], [4, 1.5]);
  });
  assert.deepEqual(rows, [[0, 0, 0, 0], [RED, RED, RED, RED], [0, 0, 0, 0]]);
});

test("between two rows of pixels it covers both by half, in its own colour", () => {
  const rows = drawn(1, 3, (raster) => {
    raster.ink(BLUE, 1);
    line(raster, [0, 1], [1, 1]);
  });
  assert.deepEqual(alphas(rows), [[127], [127], [0]]);
  assert.deepEqual(rows.flat().slice(0, 2).map((pixel) => (pixel >>> 16) & 0xff), [255, 255]);
});

test("what is drawn later lies above", () => {
  const rows = drawn(3, 3, (raster) => {
    raster.ink(RED, 1);
    line(raster, [0, 1.5], [3, 1.5]);
    raster.ink(BLUE, 1);
    line(raster, [1.5, 0], [1.5, 3]);
  });
  assert.deepEqual(rows, [[0, BLUE, 0], [RED, BLUE, RED], [0, BLUE, 0]]);
});

test("half of a colour lets half of what lies below through", () => {
  const [[pixel]] = drawn(1, 1, (raster) => {
    raster.ink(RED, 1);
    line(raster, [0, 0.5], [1, 0.5]);
    raster.ink(0x80ff0000 | 0, 1);
    line(raster, [0, 0.5], [1, 0.5]);
  });
  const [red, blue, alpha] = [pixel & 0xff, (pixel >>> 16) & 0xff, pixel >>> 24];
  assert.ok(Math.abs(red - 127) <= 3 && Math.abs(blue - 128) <= 3 && alpha >= 253, `${red} ${blue} ${alpha}`);
});

test("a line that lets something through is no darker where it crosses itself", () => {
  const [[once], [twice]] = [1, 2].map((times) => drawn(1, 1, (raster) => {
    raster.ink(0x60ff0000, 1);
    line(raster, ...Array.from({ length: times * 2 }, (_, place) => [place % 2, 0.5]));
  })[0]);
  assert.equal(once, twice);
  assert.ok(Math.abs((once >>> 24) - 0x60) <= 2, (once >>> 24).toString(16));
});

test("a thickness may be a fraction", () => {
  assert.deepEqual(alphas(drawn(1, 3, (raster) => {
    raster.ink(RED, 1.5);
    line(raster, [0, 1.5], [1, 1.5]);
  })).flat().map((alpha) => Math.round(alpha / 64)), [1, 4, 1]);
  assert.deepEqual(alphas(drawn(1, 1, (raster) => {
    raster.ink(RED, 0.5);
    line(raster, [0, 0.5], [1, 0.5]);
  })).flat().map((alpha) => Math.round(alpha / 64)), [2]);
});

test("two pixels thick, a line covers two", () => {
  assert.deepEqual(alphas(drawn(1, 4, (raster) => {
    raster.ink(RED, 2);
    line(raster, [0, 2], [1, 2]);
  })), [[0], [255], [255], [0]]);
});

test("neither a peak nor a step shorter than a pixel vanishes", () => {
  const rows = alphas(drawn(5, 9, (raster) => {
    raster.ink(RED, 1);
    line(raster, [0, 8.5], [2.5, 8.5], [2.5, 0.5], [2.5, 8.5], [5, 8.5]);
  }));
  assert.deepEqual(rows.map((row) => row[2]), Array(9).fill(255));
  assert.ok(alphas(drawn(3, 3, (raster) => {
    raster.ink(RED, 1);
    line(raster, [1.4, 1.5], [1.4, 1.5]);
  })).flat().some((alpha) => alpha > 100));
});

test("a line is whole: each column that it passes is covered once", () => {
  const next = random(3);
  for (let round = 0; round < 200; round++) {
    const points = Array.from({ length: 9 }, (_, place) => [place * 8, 20 + (next() - 0.5) * 8]);
    const rows = alphas(drawn(64, 40, (raster) => {
      raster.ink(RED, 1);
      line(raster, ...points);
    }));
    for (let column = 0; column < 64; column++) {
      const sum = rows.reduce((all, row) => all + row[column], 0);
      assert.ok(sum > 200 && sum < 300, `column ${column} of ${JSON.stringify(points)}: ${sum}`);
    }
  }
});

test("a line of very many places is whole, too", () => {
  const rows = alphas(drawn(2000, 1, (raster) => {
    raster.ink(RED, 1);
    line(raster, ...Array.from({ length: 2001 }, (_, place) => [place, 0.5]));
  }));
  assert.ok(rows[0].every((alpha) => alpha === 255));
});

test("what lies outside is left out, however far, and what is no number draws nothing", () => {
  const rows = alphas(drawn(4, 4, (raster) => {
    raster.ink(RED, 1);
    line(raster, [-1e6, 1.5], [1e6, 1.5]);
    line(raster, [-50, -50], [-1, 90], [70, -30], [90, 90]);
    line(raster, [0.5, NaN], [2, 2], [Infinity, 2]);
    line(raster, [0, -1e9], [3, -1e9]);
  }));
  assert.deepEqual(rows[1], [255, 255, 255, 255]);
  assert.deepEqual(rows[3], [0, 0, 0, 0]);
});

test("cleared, it is as new", () => {
  assert.deepEqual(drawn(2, 1, (raster) => {
    raster.ink(RED, 1);
    line(raster, [0, 0.5], [2, 0.5]);
    raster.clear();
  }), [[0, 0]]);
});
