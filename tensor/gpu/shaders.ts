/** The WGSL kernels: strided copies, fills, reductions and the matrix product. `info` holds shapes, strides, offsets. */
import type { ShaderName } from "./protocol.ts";

/** `place(i, first, rank)`: where element i lies, given `rank` pairs of length and stride in `info` from `first`. */
const common = `
@group(0) @binding(0) var<storage, read> info: array<u32>;
fn place(index: u32, first: u32, rank: u32) -> u32 {
  var rest = index;
  var at = 0u;
  for (var d = rank; d > 0u; d--) {
    let pair = first + 2u * (d - 1u);
    at += (rest % info[pair]) * info[pair + 1u];
    rest /= info[pair];
  }
  return at;
}`;

/** info: n, width, rank, offset of y, offset of x, to bool?, pairs of y, pairs of x. */
const copy = `${common}
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x + id.y * info[1];
  if (i >= info[0]) { return; }
  let rank = info[2];
  var v = x[info[4] + place(i, 6u + 2u * rank, rank)];
  if (info[5] == 1u) { v = select(1.0, 0.0, v == 0.0); }
  y[info[3] + place(i, 6u, rank)] = v;
}`;

/** info: n, width, rank, offset of y, the value's bits, pairs of y. */
const fill = `${common}
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x + id.y * info[1];
  if (i < info[0]) { y[info[3] + place(i, 5u, info[2])] = bitcast<f32>(info[4]); }
}`;

const folding = `${common}
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
fn before(v: f32) -> f32 {
  if (info[6] == 1u) { return abs(v); }
  if (info[6] == 2u) { return v * v; }
  return v;
}
fn fold(a: f32, b: f32) -> f32 {
  switch info[5] {
    case 0u: { return a + b; }
    case 1u: { return a * b; }
    case 2u: { return select(select(b, a, a > b), a, !(a == a)); }
    default: { return select(select(b, a, a < b), a, !(a == a)); }
  }
}`;

/**
 * One workgroup an output and part: the elements from `part · chunk` on, folded. info: workgroups, groups along x, parts,
 * chunk, elements folded into one output, how (0 +, 1 ×, 2 max, 3 min), before that (0 x, 1 |x|, 2 x²), identity's bits,
 * offset of x, rank kept, rank folded, pairs kept, pairs folded.
 */
const reduce = `${folding}
var<workgroup> partial: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let number = group.x + group.y * info[1];
  let kept = 11u;
  let folded = kept + 2u * info[9];
  let part = number % info[2];
  let start = part * info[3];
  let end = min(start + info[3], info[4]);
  let first = info[8] + place(number / info[2], kept, info[9]);
  var total = bitcast<f32>(info[7]);
  if (number < info[0]) {
    for (var i = start + lane; i < end; i += 64u) {
      total = fold(total, before(x[first + place(i, folded, info[10])]));
    }
  }
  partial[lane] = total;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { partial[lane] = fold(partial[lane], partial[lane + half]); }
  }
  if (lane == 0u && number < info[0]) { y[number] = partial[0]; }
}`;

/** As `reduce`, one invocation an output; parts is 1, and groups along x is invocations along x. */
const fold = `${folding}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let number = id.x + id.y * info[1];
  if (number >= info[0]) { return; }
  let first = info[8] + place(number, 11u, info[9]);
  var total = bitcast<f32>(info[7]);
  for (var i = 0u; i < info[4]; i++) {
    total = fold(total, before(x[first + place(i, 11u + 2u * info[9], info[10])]));
  }
  y[number] = total;
}`;

/**
 * Y = AB, a block of 4 × 4 outputs in the registers of each invocation. info: n, k, m, then offset, row stride, column stride
 * of A, B and Y, the batch's rank, its pairs for A, B and Y. `vectors`: B's rows are contiguous and begin at multiples of 4.
 */
const matmul = (vectors: boolean): string => `${common}
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<${vectors ? "vec4<f32>" : "f32"}>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let n = info[0]; let k = info[1]; let m = info[2];
  let row = id.y * 4u; let column = id.x * 4u;
  if (row >= n || column >= m) { return; }
  let rank = info[12];
  let firstA = info[3] + place(id.z, 13u, rank);
  let firstB = info[6] + place(id.z, 13u + 2u * rank, rank);
  let firstY = info[9] + place(id.z, 13u + 4u * rank, rank);
  let rows = firstA + min(vec4<u32>(row, row + 1u, row + 2u, row + 3u), vec4<u32>(n - 1u)) * info[4];
  ${
    vectors
      ? "let columns = firstB + column;"
      : "let columns = firstB + min(vec4<u32>(column, column + 1u, column + 2u, column + 3u), vec4<u32>(m - 1u)) * info[8];"
  }
  var sums: array<vec4<f32>, 4>;
  for (var l = 0u; l < k; l++) {
    let at = l * info[7];
    ${
      vectors
        ? "let right = b[(columns + at) / 4u];"
        : "let right = vec4<f32>(b[columns.x + at], b[columns.y + at], b[columns.z + at], b[columns.w + at]);"
    }
    let along = rows + l * info[5];
    sums[0] += a[along.x] * right;
    sums[1] += a[along.y] * right;
    sums[2] += a[along.z] * right;
    sums[3] += a[along.w] * right;
  }
  for (var i = 0u; i < min(4u, n - row); i++) {
    for (var j = 0u; j < min(4u, m - column); j++) {
      y[firstY + (row + i) * info[10] + (column + j) * info[11]] = sums[i][j];
    }
  }
}`;

/** The text of every kernel; the last binding is the result. */
export const shaders: { readonly [K in ShaderName]: string } = {
  copy,
  fill,
  reduce,
  fold,
  matmul: matmul(false),
  matmul4: matmul(true),
};
