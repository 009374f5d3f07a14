/** Classes that work with and without `new`. */

type Constructor = new (...args: never[]) => object;

/** `Class` as a function too: called, it constructs. */
export type Callable<C extends Constructor> = C & ((...args: ConstructorParameters<C>) => InstanceType<C>);

/** The class that also works without `new`; a Proxy, which is fast enough for what is shown on a page. */
export function callable<C extends Constructor>(Class: C): Callable<C> {
  const apply = (target: C, _self: unknown, args: unknown[]): object => Reflect.construct(target, args);
  return new Proxy(Class, { apply }) as Callable<C>;
}
