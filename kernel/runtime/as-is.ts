/** A promise that is itself a cell's value: in a box, because async functions await what they return. */
export class AsIs {
  readonly value: Promise<unknown>;
  constructor(value: Promise<unknown>) {
    this.value = value;
  }
}
