// What is around the pages in front of the desk: signing in and accepting an invitation.
import type { ComponentChildren } from "preact";
import { chooseLanguage, language } from "../../shared/language";
import { t as shared } from "../texts";
import { t } from "./texts";

interface GateProps {
  title: string;
  hint?: string | undefined;
  onSwitchLanguage: () => void;
  children: ComponentChildren;
}

/** A page with the product's name, a language switch and one box. */
export function Gate({ title, hint, onSwitchLanguage, children }: GateProps) {
  return (
    <main class="gate">
      <header>
        <p>
          <strong>{t().product}</strong>
          <span>{t().productFor}</span>
        </p>
        <button type="button" class="quiet" lang={language() === "zh" ? "en" : "zh-CN"} onClick={onSwitchLanguage}>
          {shared().switchLanguage}
        </button>
      </header>
      <section class="box">
        <h1>{title}</h1>
        {hint && <p class="soft">{hint}</p>}
        {children}
      </section>
    </main>
  );
}

/** Switches to the other language. */
export function switchLanguage(): void {
  chooseLanguage(language() === "zh" ? "en" : "zh");
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
}
