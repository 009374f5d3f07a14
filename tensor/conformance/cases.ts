/** Reads the recorded PyTorch cases: gzipped JSON lines beside this file's source. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A value as the files write it (see `values.ts`). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What PyTorch raised. */
export interface RecordedError {
  readonly type: string;
  readonly message: string;
  readonly at?: number;
}

/** One recorded case; which fields it has depends on its file. */
export interface Case {
  readonly id: string;
  readonly tier: number;
  readonly error?: RecordedError;
  readonly [field: string]: unknown;
}

/** Folder of the recorded data: the sources' own, also when compiled into `dist`. */
export const dataFolder = join(import.meta.dirname.replace(/([\\/])dist[\\/](?=tensor[\\/])/, "$1"));

/** All cases of one file, by its name without `.jsonl.gz`. */
export function readCases(file: string, folder = dataFolder): Case[] {
  const text = gunzipSync(readFileSync(join(folder, `${file}.jsonl.gz`))).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Case);
}

/** Whether a file of that name is there. */
export function hasCases(file: string, folder = dataFolder): boolean {
  return existsSync(join(folder, `${file}.jsonl.gz`));
}

/** A recorded number: JSON's, or a string for NaN, the infinities, -0 and integers beyond 2^53. */
export function recordedNumber(x: number | string): number | bigint {
  if (typeof x === "number") return x;
  const named: Record<string, number> = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity, "-0": -0 };
  return Object.hasOwn(named, x) ? named[x]! : BigInt(x);
}
