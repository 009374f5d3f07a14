/** The allocator over the addon's regions: blocks of rounded sizes, returned when the collector lets their view go. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { dataConstructor } from "../core/allocate.ts";
import type { Dtype } from "../core/dtype.ts";
import { hasRoom } from "../core/room.ts";
import type { Allocator, Data } from "../core/storage.ts";
import type { Addon } from "./addon.ts";

const megabyte = 2 ** 20;
const chunkBytes = 32 * megabyte;
/** A larger block has a region of its own. */
const largestInChunk = 8 * megabyte;
const hugePage = 2 * megabyte;

interface Region {
  readonly buffer: ArrayBuffer;
  readonly address: number;
  readonly bytes: number;
}
interface Block {
  readonly pool: Pool;
  readonly id: number;
  readonly region: Region;
  readonly offset: number;
  readonly bytes: number;
}

/** Something that is not ours to give again: who watched it is told. */
interface Watched {
  readonly id: number;
  readonly release: () => void;
}

/** All blocks by number. The addon reports to whoever asks, so pools share the numbers. */
const blocks: (Block | Watched)[] = [];
const freeIds: number[] = [];

/** What the pool holds, in bytes, and the collections it asked for. */
export interface PoolStatistics {
  readonly reserved: number;
  readonly live: number;
  readonly minorCollections: number;
  readonly majorCollections: number;
}

/** Sizes in eighths between powers of two, so that at most 1/8 is wasted; large ones in whole huge pages. */
export function roundedSize(bytes: number): number {
  if (bytes > largestInChunk) return Math.ceil(bytes / hugePage) * hugePage;
  const step = Math.max(64, 2 ** (Math.floor(Math.log2(bytes)) - 3));
  return Math.ceil(bytes / step) * step;
}

/** The collector, which a process has but hides. */
let collector: ((options?: { type: "minor" }) => void) | undefined;
function collect(type: "minor" | "major"): void {
  if (collector === undefined) {
    setFlagsFromString("--expose-gc");
    collector = runInNewContext("gc") as typeof collector;
  }
  if (type === "minor") collector!({ type });
  else collector!();
}

/** Gives blocks from the addon's memory. */
export class Pool implements Allocator {
  readonly #addon: Addon;
  /** Idle blocks by rounded size. */
  readonly #idle = new Map<number, Block[]>();
  #chunk: Region | null = null;
  #chunkUsed = 0;
  #reserved = 0;
  #live = 0;
  #sinceMinor = 0;
  #liveAfterMajor = 0;
  #minorCollections = 0;
  #majorCollections = 0;

  constructor(addon: Addon) {
    this.#addon = addon;
  }

  get statistics(): PoolStatistics {
    return {
      reserved: this.#reserved,
      live: this.#live,
      minorCollections: this.#minorCollections,
      majorCollections: this.#majorCollections,
    };
  }

  page(bytes: number): { buffer: ArrayBuffer; address: number } {
    const buffer = new ArrayBuffer(bytes);
    return { buffer, address: this.#addon.addressOf(buffer) };
  }

  block(dtype: Dtype, numel: number): { data: Data; address: number } {
    const bytes = roundedSize(numel * dtype.itemsize);
    const block = this.#take(bytes) ?? this.#reclaim(bytes) ?? this.#rescue(bytes) ?? this.#create(bytes);
    if (block === null) return this.#plain(dtype, numel);
    this.#live += bytes;
    this.#sinceMinor += bytes;
    const data = new (dataConstructor(dtype))(block.region.buffer, block.offset, numel);
    this.#addon.attach(data, block.id);
    return { data, address: block.region.address + block.offset };
  }

  /** Where the engine allows no memory of ours, its own does. */
  #plain(dtype: Dtype, numel: number): { data: Data; address: number } {
    const data = new (dataConstructor(dtype))(numel);
    return { data, address: this.#addon.addressOf(data) };
  }

  /** Calls `release`, within a later allocation or `collect`, once `object` has been collected. */
  watch(object: object, release: () => void): void {
    const id = freeIds.pop() ?? blocks.length;
    blocks[id] = { id, release };
    this.#addon.attach(object, id);
  }

  /** Looks for what has been collected, after a minor collection. */
  collect(): void {
    this.#collect("minor");
  }

  #take(bytes: number): Block | undefined {
    return this.#idle.get(bytes)?.pop();
  }

  /** After a miss: what has been collected meanwhile, then what a collection finds. */
  #reclaim(bytes: number): Block | undefined {
    this.#drain();
    const found = this.#take(bytes);
    if (found !== undefined || this.#sinceMinor < Math.max(8 * megabyte, this.#live / 2)) return found;
    this.#collect("minor");
    return this.#take(bytes) ?? this.#reclaimOld(bytes);
  }

  /** Blocks whose views grew old wait for a major collection: one each time that live memory has grown by a quarter. */
  #reclaimOld(bytes: number): Block | undefined {
    if (this.#live < 1.25 * this.#liveAfterMajor + 48 * megabyte) return undefined;
    this.#collect("major");
    this.#liveAfterMajor = this.#live;
    return this.#take(bytes);
  }

  /** What a major collection finds, when the system has nothing more to give. */
  #rescue(bytes: number): Block | undefined {
    if (bytes <= largestInChunk || hasRoom(bytes)) return undefined;
    this.#collect("major");
    return this.#take(bytes);
  }

  #collect(type: "minor" | "major"): void {
    collect(type);
    this.#sinceMinor = 0;
    if (type === "minor") this.#minorCollections++;
    else this.#majorCollections++;
    this.#drain();
  }

  #drain(): void {
    const { ring, drain } = this.#addon;
    for (drain(); ring[0]! > 0; drain()) {
      for (let i = 1; i <= ring[0]!; i++) {
        const block = blocks[ring[i]!]!;
        if ("pool" in block) block.pool.#giveBack(block);
        else {
          freeIds.push(block.id);
          block.release();
        }
      }
    }
  }

  #giveBack(block: Block): void {
    this.#live -= block.bytes;
    let idle = this.#idle.get(block.bytes);
    if (idle === undefined) {
      idle = [];
      this.#idle.set(block.bytes, idle);
    }
    idle.push(block);
    if (block.bytes > largestInChunk) this.#releaseSurplus(block.bytes);
  }

  /** Idle regions beyond half of what is live (at least 64 MB) go back to the system, the given size's first. */
  #releaseSurplus(bytes: number): void {
    const idle = this.#idle.get(bytes)!;
    while (
      idle.length > 0 &&
      this.#reserved - this.#live > Math.max(64 * megabyte + chunkBytes, this.#live / 2)
    ) {
      const { id, region } = idle.pop()!;
      this.#reserved -= region.bytes;
      freeIds.push(id);
      this.#addon.release(region.address, region.bytes);
    }
  }

  #create(bytes: number): Block | null {
    if (bytes > largestInChunk) {
      const region = this.#reserve(bytes);
      return region === null ? null : this.#number(region, 0, bytes);
    }
    if (this.#chunk === null || this.#chunkUsed + bytes > chunkBytes) {
      this.#chunk = this.#reserve(chunkBytes);
      this.#chunkUsed = 0;
      if (this.#chunk === null) return null;
    }
    const block = this.#number(this.#chunk, this.#chunkUsed, bytes);
    this.#chunkUsed += bytes;
    return block;
  }

  #number(region: Region, offset: number, bytes: number): Block {
    const id = freeIds.pop() ?? blocks.length;
    const block = { pool: this, id, region, offset, bytes };
    blocks[id] = block;
    return block;
  }

  #reserve(bytes: number): Region | null {
    if (!hasRoom(bytes)) throw new RangeError("out of memory");
    const buffer = this.#addon.reserve(bytes);
    if (buffer === undefined) return null;
    this.#reserved += bytes;
    return { buffer, address: this.#addon.addressOf(buffer), bytes };
  }
}
