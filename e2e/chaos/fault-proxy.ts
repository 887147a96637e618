import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What one direction of a link does to the bytes that pass. Nothing set: they pass as they come. */
export type LinkFaults = {
  readonly latencyMs?: number;
  readonly bytesPerSecond?: number;
  /** Nothing passes and nothing is closed, as when a cable is pulled; heals without a loss, as TCP does. */
  readonly isBlackHole?: boolean;
  /** Largest piece written at once: 1 gives one byte per write. */
  readonly pieceBytes?: number;
  /** Each piece gets a random length up to `pieceBytes`, so that packets are split anywhere. */
  readonly isRandomPiece?: boolean;
};

/** `up` is from the client to the server. */
export type Direction = "up" | "down";

/** A TCP proxy that can do to a connection what networks do. */
export type FaultProxy = {
  readonly port: number;
  /** Links that are open on the client's side. */
  readonly connections: number;
  /** Sets the faults of one direction, or of both, for all connections, present and future. */
  set(direction: Direction | "both", faults: LinkFaults): void;
  /** Ends every connection with RST on both sides. */
  reset(): void;
  /**
   * One side of every connection is reset, the other stays open and silent for good: it does not
   * learn that its peer has gone.
   * @returns how many were made so
   */
  halfOpen(gone: "client" | "server"): number;
  /**
   * Every connection there is passes nothing any more, for good, and neither side learns of it; new
   * ones are as good as the faults that are set.
   * @returns how many were made so
   */
  silence(): number;
  /** Whether new connections are reset at once. */
  refuse(isRefusing: boolean): void;
  stop(): Promise<void>;
};

const maxHeldBytes = 1_048_576;

/** One direction of one connection. */
class Pipe {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #link: Link;
  #held: { readonly bytes: Buffer; readonly arrivedAt: number }[] = [];
  #heldBytes = 0;
  #isPumping = false;
  #hasEnded = false;
  #isSilent = false;

  constructor(source: Socket, sink: Socket, link: Link) {
    this.#source = source;
    this.#sink = sink;
    this.#link = link;
    source.on("data", (bytes: Buffer) => this.#take(bytes));
    source.on("end", () => {
      this.#hasEnded = true;
      this.#pump();
    });
  }

  silence(): void {
    this.#isSilent = true;
    this.#held = [];
  }

  #take(bytes: Buffer): void {
    if (this.#isSilent) return;
    if (!this.#isPumping && this.#link.isPlain) {
      if (!this.#sink.write(bytes)) this.#waitForDrain();
      return;
    }
    this.#held.push({ bytes, arrivedAt: performance.now() });
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > maxHeldBytes) this.#source.pause();
    this.#pump();
  }

  #waitForDrain(): void {
    this.#source.pause();
    this.#sink.once("drain", () => this.#source.resume());
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    void this.#run().finally(() => {
      this.#isPumping = false;
      if (this.#held.length > 0 && !this.#sink.destroyed) this.#pump();
    });
  }

  async #run(): Promise<void> {
    while (!this.#sink.destroyed) {
      await this.#link.passable();
      const first = this.#held[0];
      if (first === undefined || this.#isSilent) break;
      const { faults } = this.#link;
      const wait = first.arrivedAt + (faults.latencyMs ?? 0) - performance.now();
      if (wait > 0) await sleep(wait);
      if (this.#link.faults.isBlackHole === true) continue;
      await this.#write(this.#cut(faults), faults);
    }
    if (this.#hasEnded && this.#held.length === 0 && !this.#isSilent) this.#sink.end();
  }

  async #write(piece: Buffer, faults: LinkFaults): Promise<void> {
    const fits = this.#sink.write(piece);
    if (faults.bytesPerSecond !== undefined) {
      await sleep((piece.length / faults.bytesPerSecond) * 1000);
    } else if (faults.pieceBytes !== undefined) {
      // Otherwise the kernel gets the pieces in one go and joins them again.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!fits && !this.#sink.destroyed && this.#sink.writableNeedDrain) {
      await Promise.race([once(this.#sink, "drain"), once(this.#sink, "close")]);
    }
  }

  #cut(faults: LinkFaults): Buffer {
    const [first] = this.#held;
    if (first === undefined) return Buffer.alloc(0);
    // A slow link passes twenty pieces a second at most, or a sleep per byte would be needed.
    const bySpeed =
      faults.bytesPerSecond === undefined ? Infinity : Math.ceil(faults.bytesPerSecond / 20);
    const largest = Math.min(faults.pieceBytes ?? Infinity, bySpeed);
    const wanted =
      faults.isRandomPiece === true && Number.isFinite(largest)
        ? 1 + Math.floor(Math.random() * largest)
        : largest;
    const length = Math.min(first.bytes.length, wanted);
    const piece = first.bytes.subarray(0, length);
    if (length === first.bytes.length) this.#held.shift();
    else this.#held[0] = { ...first, bytes: first.bytes.subarray(length) };
    this.#heldBytes -= length;
    if (this.#heldBytes <= maxHeldBytes / 2 && this.#source.isPaused()) this.#source.resume();
    return piece;
  }
}

/** The faults of one direction, shared by all its pipes. */
class Link {
  faults: LinkFaults = {};
  #waiting: (() => void)[] = [];

  get isPlain(): boolean {
    return Object.values(this.faults).every((value) => value === undefined || value === false);
  }

  set(faults: LinkFaults): void {
    this.faults = faults;
    if (faults.isBlackHole !== true) for (const resume of this.#waiting.splice(0)) resume();
  }

  /** Resolves when bytes may pass. */
  async passable(): Promise<void> {
    while (this.faults.isBlackHole === true) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

type Pair = {
  readonly client: Socket;
  readonly server: Socket;
  readonly pipes: readonly Pipe[];
};

/**
 * Starts a proxy on a free loopback port.
 * @param target where the connections go to; asked for each of them
 */
export async function startFaultProxy(target: () => number): Promise<FaultProxy> {
  const links = { up: new Link(), down: new Link() };
  const pairs = new Set<Pair>();
  const orphans = new Set<Socket>();
  let isRefusing = false;

  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    client.on("error", () => client.destroy());
    if (isRefusing) return void client.resetAndDestroy();
    const server = connect({
      port: target(),
      host: "127.0.0.1",
      noDelay: true,
      allowHalfOpen: true,
    });
    const pipes = [new Pipe(client, server, links.up), new Pipe(server, client, links.down)];
    const pair = { client, server, pipes };
    pairs.add(pair);
    server.on("error", () => server.destroy());
    client.on("close", () => {
      if (pairs.delete(pair)) server.destroy();
      orphans.delete(client);
    });
    server.on("close", () => {
      if (pairs.delete(pair)) client.destroy();
      orphans.delete(server);
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");

  const reset = () => {
    for (const pair of pairs) {
      pairs.delete(pair);
      pair.client.resetAndDestroy();
      pair.server.resetAndDestroy();
    }
  };
  return {
    port: (listener.address() as AddressInfo).port,
    get connections() {
      return pairs.size;
    },
    set: (direction, faults) => {
      if (direction !== "down") links.up.set(faults);
      if (direction !== "up") links.down.set(faults);
    },
    reset,
    halfOpen: (gone) => {
      const made = [...pairs];
      for (const pair of made) {
        pairs.delete(pair);
        orphans.add(gone === "client" ? pair.server : pair.client);
        pair[gone].resetAndDestroy();
      }
      return made.length;
    },
    silence: () => {
      const made = [...pairs];
      for (const pair of made) {
        pairs.delete(pair);
        orphans.add(pair.client).add(pair.server);
        for (const pipe of pair.pipes) pipe.silence();
      }
      return made.length;
    },
    refuse: (value) => {
      isRefusing = value;
    },
    stop: async () => {
      links.up.set({});
      links.down.set({});
      reset();
      for (const socket of orphans) socket.destroy();
      const closed = once(listener, "close");
      listener.close();
      await closed;
    },
  };
}
