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
  #isLoading = false;

  constructor(private readonly readPage: (after: string | null) => Promise<Page<Node>>) {}

  /** Reads the next page, unless that is being done or there is none. */
  async loadMore(): Promise<void> {
    if (this.#isLoading || this.isComplete) return;
    this.#isLoading = true;
    this.error = undefined;
    this.changed.set({});
    try {
      const page = await this.readPage(this.#cursor);
      this.#add(page.nodes, "end");
      this.#cursor = page.endCursor;
      this.isComplete = !page.hasNextPage;
      this.total = page.total;
    } catch (error) {
      this.error = error;
    }
    this.#isLoading = false;
    this.changed.set({});
  }

  /** Puts entries at the front. */
  prepend(nodes: Node[]): void {
    this.#add(nodes, "front");
    this.changed.set({});
  }

  /** Changes an entry. */
  patch(id: string, change: Partial<Node>): void {
    this.nodes = this.nodes.map((node) => (node.id === id ? { ...node, ...change } : node));
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
