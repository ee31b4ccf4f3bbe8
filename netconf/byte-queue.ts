/** Bytes in the order in which they arrived. The buffer doubles when it is full, so that the cost per byte does not grow. */
export class ByteQueue {
  #buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  /** All bytes. Valid until the next `push`. */
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
    // An idle session keeps no memory for the last message.
    if (this.#start === this.#end) {
      this.#buffer = Buffer.alloc(0);
      this.#start = this.#end = 0;
    }
  }

  #makeRoom(count: number): void {
    const bytes = this.view();
    const capacity = Math.max(bytes.length + count, 2 * bytes.length, 1024);
    const buffer = Buffer.alloc(capacity);
    bytes.copy(buffer);
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = bytes.length;
  }
}
