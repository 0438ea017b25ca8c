// A list that is read page by page. It lasts as long as the page is open, so that going back finds it as it was.
import { Store } from "./store";

export interface Page<Node> {
  nodes: Node[];
  endCursor: string | null;
  hasNextPage: boolean;
  total?: number;
}

/** The part of a list that has been read; no entry stands in it twice. */
export class PagedList<Node extends { id: string }> {
  readonly changed = new Store({});
  nodes: Node[] = [];
  total: number | undefined;
  isComplete = false;
  error: unknown;
  #cursor: string | null = null;
  #loading: Promise<void> | undefined;

  constructor(private readonly readPage: (after: string | null) => Promise<Page<Node>>) {}

  /** Begins with a page that has been read already. */
  begin(page: Page<Node>): void {
    this.#add(page.nodes, "end");
    this.#takeEnd(page);
  }

  /** Reads the next page, if there is one; waits for what is being read already. */
  async loadMore(): Promise<void> {
    if (this.#loading) await this.#loading;
    else if (!this.isComplete) await this.#load(() => this.#readNext());
  }

  /** Reads what has been read again, and shows it once all of it has come; nothing changes when that fails. */
  async reread(): Promise<void> {
    while (this.#loading) await this.#loading;
    if (this.nodes.length > 0) await this.#load(() => this.#readAgain());
  }

  async #load(read: () => Promise<void>): Promise<void> {
    this.#loading = read();
    this.changed.set({});
    await this.#loading;
    this.#loading = undefined;
    this.changed.set({});
  }

  async #readNext(): Promise<void> {
    this.error = undefined;
    try {
      const page = await this.readPage(this.#cursor);
      this.#add(page.nodes, "end");
      this.#takeEnd(page);
    } catch (error) {
      this.error = error;
    }
  }

  async #readAgain(): Promise<void> {
    const pages: Page<Node>[] = [];
    try {
      let count = 0;
      do {
        const page = await this.readPage(pages.at(-1)?.endCursor ?? null);
        pages.push(page);
        count += page.nodes.length;
      } while (pages.at(-1)!.hasNextPage && count < this.nodes.length);
    } catch {
      return;
    }
    this.nodes = [];
    pages.forEach(({ nodes }) => this.#add(nodes, "end"));
    this.#takeEnd(pages.at(-1)!);
  }

  #takeEnd({ endCursor, hasNextPage, total }: Page<Node>): void {
    this.#cursor = endCursor;
    this.isComplete = !hasNextPage;
    this.total = total;
  }

  /** Puts entries at the front. */
  prepend(nodes: Node[]): void {
    this.#add(nodes, "front");
    this.changed.set({});
  }

  /** Drops the entries for which `isKept` does not hold. */
  retain(isKept: (node: Node) => boolean): void {
    this.nodes = this.nodes.filter(isKept);
    this.changed.set({});
  }

  /** Changes all entries. */
  patchAll(change: Partial<Node>): void {
    this.nodes = this.nodes.map((node) => ({ ...node, ...change }));
    this.changed.set({});
  }

  #add(nodes: Node[], where: "front" | "end"): void {
    const existing = new Set(this.nodes.map(({ id }) => id));
    const added = nodes.filter(({ id }) => !existing.has(id));
    this.nodes = where === "end" ? [...this.nodes, ...added] : [...added, ...this.nodes];
  }
}
