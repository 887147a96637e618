/**
 * Values kept under topic filters, found by topic name. One node for each level that some filter
 * has, so that looking a topic up visits no node twice, whatever the filters are: their number bounds
 * the work, not the number of ways to read a topic.
 */

type Node<T> = {
  readonly level: string;
  readonly parent: Node<T> | undefined;
  /** The only child but +, or all of them: most nodes have one, and a Map costs 200 bytes. */
  child: Node<T> | undefined;
  children: Map<string, Node<T>> | undefined;
  plus: Node<T> | undefined;
  /** Of the filter that ends here. */
  here: T | undefined;
  /** Of the filter that goes on with #. */
  below: T | undefined;
};

const multiLevel = "#";
const singleLevel = "+";
/** Topics repeat. Looking one up here costs 40 ns; walking seven levels costs ten times that. */
const maxRemembered = 10_000;

function nodeOf<T>(level: string, parent: Node<T> | undefined): Node<T> {
  return {
    level,
    parent,
    child: undefined,
    children: undefined,
    plus: undefined,
    here: undefined,
    below: undefined,
  };
}

function childOf<T>(node: Node<T>, level: string): Node<T> | undefined {
  const { child, children } = node;
  if (child !== undefined) return child.level === level ? child : undefined;
  return children?.get(level);
}

function addChild<T>(node: Node<T>, level: string): Node<T> {
  const added = nodeOf(level, node);
  if (level === singleLevel) node.plus = added;
  else if (node.children !== undefined) node.children.set(level, added);
  else if (node.child === undefined) node.child = added;
  else {
    node.children = new Map([
      [node.child.level, node.child],
      [level, added],
    ]);
    node.child = undefined;
  }
  return added;
}

/** Takes away nodes that hold nothing any more, upwards. */
function prune<T>(node: Node<T>): void {
  const { parent, level } = node;
  if (parent === undefined || isInUse(node)) return;
  if (level === singleLevel) parent.plus = undefined;
  else if (parent.child === node) parent.child = undefined;
  else parent.children?.delete(level);
  if (parent.children?.size === 0) parent.children = undefined;
  prune(parent);
}

function isInUse<T>({ child, children, plus, here, below }: Node<T>): boolean {
  return [child, children, plus, here, below].some((part) => part !== undefined);
}

export class FilterTrie<T> {
  readonly #root: Node<T> = nodeOf<T>("", undefined);
  /** Values by topic, valid until a filter comes or goes, in two generations: the older is dropped. */
  #recent = new Map<string, readonly T[]>();
  #older = new Map<string, readonly T[]>();
  /** Shared by all topics without subscribers. */
  readonly #none: readonly T[] = [];
  size = 0;

  /** @param filter without problems, not shared; {@link topicFilterProblem} */
  get(filter: string): T | undefined {
    const found = this.#find(filter);
    return found === undefined ? undefined : found.node[found.place];
  }

  /** @param filter without problems, not shared, not in here */
  add(filter: string, value: T): void {
    let node = this.#root;
    const levels = filter.split("/");
    const open = levels.at(-1) === multiLevel;
    if (open) levels.pop();
    for (const level of levels) {
      const next = level === singleLevel ? node.plus : childOf(node, level);
      node = next ?? addChild(node, level);
    }
    node[open ? "below" : "here"] = value;
    this.size += 1;
    this.#forget();
  }

  delete(filter: string): void {
    const found = this.#find(filter);
    if (found?.node[found.place] === undefined) return;
    found.node[found.place] = undefined;
    prune(found.node);
    this.size -= 1;
    this.#forget();
  }

  /** The values of all filters that select a topic name. */
  select(topic: string): readonly T[] {
    const known = this.#recent.get(topic);
    if (known !== undefined) return known;
    const values = this.#older.get(topic) ?? this.#walk(topic);
    if (this.#recent.size >= maxRemembered) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(topic, values);
    return values;
  }

  #walk(topic: string): readonly T[] {
    const found: T[] = [];
    collect(this.#root, { levels: topic.split("/"), found }, 0);
    return found.length === 0 ? this.#none : found;
  }

  #forget(): void {
    if (this.#recent.size > 0) this.#recent = new Map();
    if (this.#older.size > 0) this.#older = new Map();
  }

  #find(filter: string): { node: Node<T>; place: "here" | "below" } | undefined {
    let node: Node<T> | undefined = this.#root;
    const levels = filter.split("/");
    const open = levels.at(-1) === multiLevel;
    if (open) levels.pop();
    for (const level of levels) {
      node = level === singleLevel ? node.plus : childOf(node, level);
      if (node === undefined) return undefined;
    }
    return { node, place: open ? "below" : "here" };
  }
}

type Search<T> = { readonly levels: readonly string[]; readonly found: T[] };

/** @param depth levels already walked; at most as deep as the longest filter */
function collect<T>(node: Node<T>, search: Search<T>, depth: number): void {
  const { levels, found } = search;
  const level = levels[depth];
  // [MQTT-4.7.2-1]: no wildcard in the first level selects a topic that begins with $.
  const hidden = depth === 0 && level?.startsWith("$") === true;
  // Also the parent level itself, [MQTT-4.7.1-2].
  if (node.below !== undefined && !hidden) found.push(node.below);
  if (level === undefined) {
    if (node.here !== undefined) found.push(node.here);
    return;
  }
  const next = childOf(node, level);
  if (next !== undefined) collect(next, search, depth + 1);
  if (node.plus !== undefined && !hidden) collect(node.plus, search, depth + 1);
}
