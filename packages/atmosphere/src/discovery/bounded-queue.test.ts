import { describe, expect, it } from "vitest";
import { BoundedQueue } from "./bounded-queue.ts";

const small = (): BoundedQueue<number> => new BoundedQueue({ items: 4, bytes: 100 });

/** Tells whether a promise has settled after everything that is due. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise((resolve) => setTimeout(resolve));
  return settled;
}

describe("a bounded queue", () => {
  it("gives what was put in order, and waits for what is not there yet", async () => {
    const queue = small();
    queue.put(1, 0);
    queue.put(2, 0);
    expect([await queue.take(), await queue.take()]).toEqual([1, 2]);
    const third = queue.take();
    expect(await isSettled(third)).toBe(false);
    queue.put(3, 0);
    expect(await third).toBe(3);
  });

  it("has room until so many items or bytes are in it, and again when no more than half of that is left", async () => {
    for (const bytes of [0, 25]) {
      const queue = small();
      for (let i = 0; i < 4; i++) {
        expect(queue.hasRoom).toBe(true);
        queue.put(i, bytes);
      }
      expect(queue.hasRoom).toBe(false);
      const room = queue.room();
      await queue.take();
      expect([queue.hasRoom, await isSettled(room)]).toEqual([true, false]);
      await queue.take();
      expect(await isSettled(room)).toBe(true);
    }
  });

  it("gives what is in it before it ends, or before its error", async () => {
    const queue = small();
    queue.put(1, 0);
    queue.end(new Error("over"));
    queue.end();
    expect(await queue.take()).toBe(1);
    await expect(queue.take()).rejects.toThrow("over");
  });

  it("lets go who waits when it ends", async () => {
    const queue = small();
    const next = queue.take();
    queue.end();
    expect(await next).toBeUndefined();
    const full = small();
    for (let i = 0; i < 4; i++) full.put(i, 0);
    const room = full.room();
    full.clear();
    full.end();
    await room;
    expect(await full.take()).toBeUndefined();
  });
});
