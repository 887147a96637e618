/**
 * Cuts the byte stream into MQTT packets: fixed header and remaining length are read here, so that
 * a packet beyond the limit is refused before its body is buffered, and so that the parser sees
 * exactly one whole packet at a time and can never read into the next.
 */

/** What {@link FrameReader.next} found. */
export type FrameStatus = "frame" | "incomplete" | "too-large" | "malformed";

const nothing = Buffer.alloc(0);

export class FrameReader {
  /** Holds the frame that was found last, between `start` and `end`. */
  buffer: Buffer = nothing;
  /** First byte of the fixed header: packet type and flags. */
  header = 0;
  start = 0;
  /** First byte after the remaining length. */
  body = 0;
  end = 0;
  /** Largest packet that is taken; the limit may change once the sender is known. */
  maxBytes: number;
  /** True when the bytes after the content of `buffer` are ours to append to. */
  #owned = false;
  #wanted = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Whether the frame's remaining length takes more bytes than it needs, MQTT 5 [MQTT-1.5.5-1]. */
  get isPadded(): boolean {
    return this.body - this.start > 2 && this.buffer[this.body - 1] === 0;
  }

  /** Adds received bytes. Frames found before stay valid: their bytes are never overwritten. */
  append(chunk: Buffer): void {
    const held = this.buffer.length - this.end;
    if (held === 0) {
      this.buffer = chunk;
      this.end = 0;
      this.#owned = false;
      return;
    }
    const length = held + chunk.length;
    const store = this.buffer.buffer;
    const at = this.buffer.byteOffset + this.end;
    if (this.#owned && at + length <= store.byteLength) {
      this.buffer = Buffer.from(store, at, length);
      chunk.copy(this.buffer, held);
      this.end = 0;
      return;
    }
    // Twice what is there, so that a packet that trickles in is copied a few times and not for
    // every byte, and no more than it announced, so that announcing costs the sender its bytes.
    const capacity = Math.max(length, Math.min(this.#wanted, length * 2));
    const grown = Buffer.from(new ArrayBuffer(capacity), 0, length);
    this.buffer.copy(grown, 0, this.end);
    chunk.copy(grown, held);
    this.buffer = grown;
    this.end = 0;
    this.#owned = true;
  }

  /** Finds the next whole packet; its position is then in the public fields. */
  next(): FrameStatus {
    const { buffer } = this;
    const start = this.end;
    const available = buffer.length - start;
    if (available < 2) return this.#pause();
    let length = 0;
    let at = start + 1;
    for (let shift = 0; ; shift += 7) {
      if (at === buffer.length) return this.#pause();
      const byte = buffer.readUInt8(at);
      at += 1;
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      // A fifth byte, MQTT 5.0 §1.5.5 and 3.1.1 §2.2.3.
      if (shift === 21) return "malformed";
    }
    const end = at + length;
    this.header = buffer.readUInt8(start);
    if (end - start > this.maxBytes) return "too-large";
    this.#wanted = end - start;
    if (end > buffer.length) return "incomplete";
    this.start = start;
    this.body = at;
    this.end = end;
    return "frame";
  }

  #pause(): "incomplete" {
    // Idle connections keep no memory of what they sent.
    if (this.end === this.buffer.length) {
      this.buffer = nothing;
      this.end = 0;
      this.start = 0;
      this.body = 0;
    }
    this.#wanted = 0;
    return "incomplete";
  }
}
