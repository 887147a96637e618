import { isUtf8 } from "node:buffer";

/** How bytes break the standard. The cause decides the reason code: 0x81 or 0x82. */
export type WireProblem = {
  readonly cause: "malformed" | "protocol-error";
  readonly problem: string;
};

const asciiEnd = 0x80;

/** What is wrong with bytes as a UTF-8 encoded string, in words that follow its name. */
export function textProblem(buffer: Buffer, start: number, end: number): string | undefined {
  for (let at = start; at < end; at += 1) {
    // Indexed, because readUInt8() checks its bounds at every byte.
    const byte = buffer[at] ?? 0;
    // [MQTT-1.5.4-2], 3.1.1 [MQTT-1.5.3-2]
    if (byte === 0) return "holds a null character";
    if (byte >= asciiEnd) return longTextProblem(buffer.subarray(at, end));
  }
  return undefined;
}

function longTextProblem(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return "holds a null character";
  // Surrogates are no UTF-8 either, [MQTT-1.5.4-1], 3.1.1 [MQTT-1.5.3-1].
  return isUtf8(bytes) ? undefined : "is not UTF-8";
}

/**
 * Reads the data types of MQTT 5.0 §1.5 one after the other. The first thing that does not fit
 * stays in `problem`; what is read after that is nothing, so that callers ask once at their end.
 */
export class WireReader {
  readonly buffer: Buffer;
  at: number;
  end: number;
  problem: WireProblem | undefined;
  /** Bounds of the text or binary data that was read last, without its length. */
  start = 0;
  stop = 0;

  constructor(buffer: Buffer, at: number, end: number) {
    this.buffer = buffer;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  fail(cause: WireProblem["cause"], problem: string): void {
    this.problem ??= { cause, problem };
    this.at = this.end;
  }

  /** Whether `count` bytes are there; names `what` when not. */
  #has(count: number, what: string): boolean {
    if (this.end - this.at >= count) return true;
    this.fail("malformed", `${what} is cut off.`);
    return false;
  }

  /** One byte. */
  byte(what: string): number {
    if (!this.#has(1, what)) return 0;
    this.at += 1;
    return this.buffer.readUInt8(this.at - 1);
  }

  /** Two byte integer, §1.5.2. */
  two(what: string): number {
    if (!this.#has(2, what)) return 0;
    this.at += 2;
    return this.buffer.readUInt16BE(this.at - 2);
  }

  /** Four byte integer, §1.5.3. */
  four(what: string): number {
    if (!this.#has(4, what)) return 0;
    this.at += 4;
    return this.buffer.readUInt32BE(this.at - 4);
  }

  /** Variable byte integer: at most four bytes, and no more than needed [MQTT-1.5.5-1]. */
  variable(what: string): number {
    let value = 0;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (!this.#has(1, what)) return 0;
      const byte = this.buffer.readUInt8(this.at);
      this.at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte !== 0 || shift === 0) return value;
        this.fail("malformed", `${what} takes more bytes than it needs.`);
        return 0;
      }
    }
    this.fail("malformed", `${what} has more than four bytes.`);
    return 0;
  }

  /** Binary data, §1.5.6; its place is then in `start` and `stop`. */
  binary(what: string): void {
    const length = this.two(what);
    this.start = this.at;
    this.stop = this.at;
    if (!this.#has(length, what)) return;
    this.at += length;
    this.stop = this.at;
  }

  /** UTF-8 encoded string, §1.5.4; its place is then in `start` and `stop`. */
  text(what: string): void {
    this.binary(what);
    const problem = textProblem(this.buffer, this.start, this.stop);
    if (problem !== undefined) this.fail("malformed", `${what} ${problem}.`);
  }

  /** The text that was read last. */
  get value(): string {
    return this.buffer.toString("utf8", this.start, this.stop);
  }
}
