/** Classes that work with and without `new`. */

type Constructor = new (...args: never[]) => object;

/** `Class` as a function too: called, it constructs. */
export type Callable<C extends Constructor> = C & ((...args: ConstructorParameters<C>) => InstanceType<C>);

/** The class that also works without `new`, under its public name; a Proxy is fast enough for what a page shows. */
export function callable<C extends Constructor>(name: string, Class: C): Callable<C> {
  Object.defineProperty(Class, "name", { value: name, configurable: true });
  const apply = (target: C, _self: unknown, args: unknown[]): object => Reflect.construct(target, args);
  return new Proxy(Class, { apply }) as Callable<C>;
}
