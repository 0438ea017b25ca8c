// A list that is read page by page, kept while the page is open, so that going back finds it as it was.
import { Store } from "./store";

export interface Page<Node> {
  nodes: Node[];
  endCursor: string | null;
  hasNextPage: boolean;
  total?: number;
}

/** What has been read of a list; no entry stands in it twice. */
export class Paged<Node extends { id: string }> {
  readonly changed = new Store({});
  nodes: Node[] = [];
  total: number | undefined;
  isComplete = false;
  hasFailed = false;
  #cursor: string | null = null;
  #isLoading = false;

  constructor(private readonly load: (after: string | null) => Promise<Page<Node>>) {}

  /** Reads the next page, unless that is being done or there is none. */
  async more(): Promise<void> {
    if (this.#isLoading || this.isComplete) return;
    this.#isLoading = true;
    this.hasFailed = false;
    this.changed.set({});
    try {
      const page = await this.load(this.#cursor);
      this.#add(page.nodes, "end");
      this.#cursor = page.endCursor;
      this.isComplete = !page.hasNextPage;
      this.total = page.total;
    } catch {
      this.hasFailed = true;
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

  #add(nodes: Node[], where: "front" | "end"): void {
    const known = new Set(this.nodes.map(({ id }) => id));
    const fresh = nodes.filter(({ id }) => !known.has(id));
    this.nodes = where === "end" ? [...this.nodes, ...fresh] : [...fresh, ...this.nodes];
  }
}
