import { describe, expect, it } from "vitest";
import { abortable } from "./abortable.ts";

describe("abortable", () => {
  it("ends with the signal's reason while the work hangs", async () => {
    const controller = new AbortController();
    const waiting = abortable(new Promise(() => {}), controller.signal);
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(abortable(new Promise(() => {}), controller.signal)).rejects.toThrow("enough");
  });

  it("leaves no failure of the work unheard, and no listener behind", async () => {
    // A rejection that nobody handles would fail the run.
    const failed = Promise.reject(new Error("work"));
    await expect(abortable(failed, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    const { signal } = new AbortController();
    let listeners = 0;
    signal.addEventListener = () => void listeners++;
    signal.removeEventListener = () => void listeners--;
    expect(await abortable(Promise.resolve(7), signal)).toBe(7);
    expect(listeners).toBe(0);
  });
});
