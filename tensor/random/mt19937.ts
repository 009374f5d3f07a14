/** The Mersenne Twister as PyTorch's CPU generator runs it: 32-bit words, their state, nothing else. */

const N = 624;

/** MT19937 (Matsumoto, Nishimura 1998), seeded by its 32-bit initialiser. */
export class Mt19937 {
  readonly words = new Uint32Array(N);
  /** The next word of the block to hand out. */
  next = 0;
  /** 1 + how many words of the block are left (PyTorch's own count, which its saved state holds). */
  left = 1;

  constructor(seed: number) {
    this.seed(seed);
  }

  /** Starts over from the low 32 bits of `seed`. */
  seed(seed: number): void {
    const s = this.words;
    s[0] = seed >>> 0;
    for (let j = 1; j < N; j++) {
      const before = s[j - 1]!;
      s[j] = Math.imul(1812433253, before ^ (before >>> 30)) + j;
    }
    this.next = 0;
    this.left = 1;
  }

  /** 32 random bits. */
  uint32(): number {
    if (--this.left === 0) this.#twist();
    let y = this.words[this.next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #twist(): void {
    const s = this.words;
    for (let k = 0; k < N; k++) {
      const y = (s[k]! & 0x80000000) | (s[k + 1 < N ? k + 1 : 0]! & 0x7fffffff);
      const far = s[k + 397 < N ? k + 397 : k + 397 - N]!;
      s[k] = far ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.next = 0;
    this.left = N;
  }
}
