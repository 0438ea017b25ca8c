import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";
import { defaultQuery } from "./default-query.js";
import { fetcher } from "./fetcher.js";
import "./page.css";

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL fetcher={fetcher} defaultQuery={defaultQuery} />,
);
