/** PyTorch's error classes; `TypeError` is JavaScript's own. */

/** A wrong state, shape or dtype of tensors. */
export class RuntimeError extends Error {}
/** A right type with an unusable value. */
export class ValueError extends Error {}
/** An index or dimension outside its range. */
export class IndexError extends Error {}
/** A device that is missing or cannot do what was asked. */
export class DeviceError extends Error {}
/** Something a tensor or module does not have. */
export class AttributeError extends Error {}
/** Something its class must still define. */
export class NotImplementedError extends RuntimeError {}
/** What `gradcheck` throws when analytical and numerical gradients differ. */
export class GradcheckError extends RuntimeError {}

const named = {
  RuntimeError,
  ValueError,
  IndexError,
  DeviceError,
  AttributeError,
  NotImplementedError,
  GradcheckError,
};
for (const [name, type] of Object.entries(named)) {
  Object.defineProperty(type.prototype, "name", { value: name, configurable: true, writable: true });
}
