/** Bytes in order of arrival: pushed behind, dropped in front. Grows by doubling, so pushing byte by byte stays linear. */
export class ByteQueue {
  #buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  /** All bytes held. Valid until the next `push`. */
  view(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  push(bytes: Uint8Array): void {
    if (this.#start === this.#end) this.#start = this.#end = 0;
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  drop(count: number): void {
    this.#start += count;
    // A large message is not kept allocated for an idle session's sake.
    if (this.#start === this.#end) {
      this.#buffer = Buffer.alloc(0);
      this.#start = this.#end = 0;
    }
  }

  #makeRoom(count: number): void {
    const held = this.view();
    const capacity = Math.max(held.length + count, 2 * held.length, 1024);
    const buffer = Buffer.alloc(capacity);
    held.copy(buffer);
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = held.length;
  }
}
