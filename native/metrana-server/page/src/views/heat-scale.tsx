import { useEffect, useRef } from "preact/hooks";
import { paint } from "../charts/palette.ts";

/** What the colours of a heat map mean. */
export function HeatScale({ from, to }: { from: string; to: string }) {
  const host = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const ctx = host.current?.getContext("2d");
    const ramp = Float32Array.from({ length: 256 }, (_, place) => place);
    ctx?.putImageData(new ImageData(paint(ramp, 0, 255), 256, 1), 0, 0);
  }, []);
  return (
    <>
      <span>{from}</span>
      <canvas ref={host} width="256" height="1" aria-hidden="true" />
      <span>{to}</span>
    </>
  );
}
