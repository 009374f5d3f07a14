/** CURVE keys: libzmq's own pairs are taken, others told apart from them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { curveKeyPair } from "zeromq";
import { isPair, keyFault } from "./curve.ts";

test("libzmq's pairs are pairs", () => {
  for (let i = 0; i < 20; i++) {
    const pair = curveKeyPair();
    assert.equal(keyFault(pair.publicKey), undefined);
    assert.ok(isPair(pair));
  }
});

test("keys of two pairs are none", () => {
  const { publicKey } = curveKeyPair();
  const { secretKey } = curveKeyPair();
  assert.ok(!isPair({ publicKey, secretKey }));
  assert.ok(!isPair({ publicKey: secretKey, secretKey: publicKey }));
});

test("what is wrong with a key is said without the key", () => {
  const { publicKey } = curveKeyPair();
  assert.equal(keyFault(publicKey.slice(1)), "39 characters");
  assert.equal(keyFault(`"${publicKey.slice(1)}`), "a character that Z85 does not have");
  assert.equal(keyFault("#".repeat(40)), "a number above 32 bits");
});
