/** CURVE keys as connection files carry them: 32 bytes each in Z85. https://rfc.zeromq.org/spec/32/ */
import { createPrivateKey, createPublicKey } from "node:crypto";

/** The kernel's pair of keys: whoever knows the public one may connect, and all that travels is encrypted. */
export interface CurveKeys {
  readonly publicKey: string;
  readonly secretKey: string;
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
const KEY_LENGTH = 40;
/** What stands before the 32 bytes of an X25519 key in PKCS #8. https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex");

/** What is wrong with a key's form, never the key itself; undefined when it is 32 bytes in Z85. */
export function keyFault(key: string): string | undefined {
  if (key.length !== KEY_LENGTH) return `${key.length} characters`;
  if ([...key].some((digit) => !DIGITS.includes(digit))) return "a character that Z85 does not have";
  return decode(key) === undefined ? "a number above 32 bits" : undefined;
}

/** Whether the public key is the secret one's own: clients could not connect otherwise, and nobody would say why. */
export function isPair({ publicKey, secretKey }: CurveKeys): boolean {
  const secret = decode(secretKey);
  if (secret === undefined) return false;
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, secret]), format: "der", type: "pkcs8" });
  const own = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  return decode(publicKey)?.equals(own) === true;
}

/** Five digits of base 85 are four bytes. */
function decode(key: string): Buffer | undefined {
  const bytes = Buffer.alloc(32);
  for (let word = 0; word < 8; word++) {
    const digits = key.slice(word * 5, word * 5 + 5);
    const value = [...digits].reduce((sum, digit) => sum * 85 + DIGITS.indexOf(digit), 0);
    if (value > 0xffff_ffff) return undefined;
    bytes.writeUInt32BE(value, word * 4);
  }
  return bytes;
}
