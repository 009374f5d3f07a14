/** Classes that work with and without `new`, as Python's do. */

type Class = abstract new (...args: never[]) => object;

/** A class that may be called like a function. */
export type Callable<C extends Class> = C & ((...args: ConstructorParameters<C>) => InstanceType<C>);

/** The class, under its public name, as a function that makes an instance however it is called; it may be extended. */
export function callable<C extends Class>(name: string, type: C): Callable<C> {
  // Whatever arguments the class takes are handed on.
  const construct = type as unknown as new (...args: unknown[]) => object;
  function made(...args: unknown[]): object {
    const target = new.target;
    if (target === undefined || target === (made as unknown)) return new construct(...args);
    return Reflect.construct(construct, args, target);
  }
  Object.setPrototypeOf(made, type);
  Object.defineProperty(made, "prototype", { value: type.prototype, writable: false });
  Object.defineProperty(made, "name", { value: name });
  Object.defineProperty(type.prototype, "constructor", { value: made, writable: true, configurable: true });
  // The properties defined above are what `Callable` says beyond a function.
  return made as unknown as Callable<C>;
}
