import { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";

/** Up to here what waits is joined to one frame. */
const joinUpTo = 65_536;
/** A peer that does not read our pongs gets no more. */
const maxUnreadPongs = 65_536;
const brokenOff = 1006;

/**
 * The bytes of a WebSocket's binary frames as a stream, in which packets may begin and end anywhere
 * [MQTT-6.0.0-2]. (The stream of `ws` itself takes text frames as well.)
 */
export class WebSocketStream extends Duplex {
  readonly #socket: WebSocket;
  readonly #onBroken: (problem: string) => void;

  /** @param onBroken told what the peer did that ends the connection [MQTT-6.0.0-1] */
  constructor(socket: WebSocket, onBroken: (problem: string) => void) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#onBroken = onBroken;
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("ping", (data) => {
      if (socket.bufferedAmount < maxUnreadPongs) socket.pong(data);
    });
    socket.on("error", (error) => onBroken(`A WebSocket frame is not valid: ${error.message}.`));
    socket.on("close", (code) => {
      // After a proper end what was received may still be read.
      if (code === brokenOff) this.destroy();
      else this.push(null);
    });
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.destroyed || this.readableEnded) return;
    // [MQTT-6.0.0-1]
    if (!isBinary) {
      this.#onBroken("A WebSocket text frame came; MQTT is sent in binary frames.");
      return;
    }
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat().map(asBuffer));
    if (bytes.length > 0 && !this.push(bytes)) this.#socket.pause();
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  override _writev(
    chunks: { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    const pieces = chunks.map(({ chunk }) => chunk);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (length <= joinUpTo) {
      this.#send(Buffer.concat(pieces, length), done);
      return;
    }
    const last = pieces.pop();
    for (const piece of pieces) this.#send(piece, () => undefined);
    if (last === undefined) done();
    else this.#send(last, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.close(1000);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.terminate();
    done(error);
  }

  /** What is sent after the end is lost, as on any other socket. */
  #send(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.send(bytes, { binary: true }, done);
    } else done();
  }
}

function asBuffer(part: Buffer | ArrayBuffer): Buffer {
  return Buffer.isBuffer(part) ? part : Buffer.from(part);
}
