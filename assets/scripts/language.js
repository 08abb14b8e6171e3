// One page, two languages: what Gradio shows follows its own locale, what our HTML shows follows
// data-i18n (text) and data-i18n-label (aria-label and tooltip).

const LOCALES = ["en", "zh-TW"];
const LOCALE_MEMORY = "digits-locale";

function browserLocale() {
  for (const language of navigator.languages ?? [navigator.language]) {
    if (/^zh/i.test(language)) return "zh-TW";
    if (/^en/i.test(language)) return "en";
  }
  return "en";
}

function rememberedLocale() {
  try {
    return localStorage.getItem(LOCALE_MEMORY);
  } catch {
    return null; // storage may be forbidden in a frame
  }
}

let locale = LOCALES.includes(rememberedLocale()) ? rememberedLocale() : browserLocale();

/** The text of `key` in the page's language, its {places} filled in. */
function text(key, places = {}) {
  const sentence = window.gradio_config?.i18n_translations?.[locale]?.[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => places[name]);
}

function translateAll(root = document) {
  for (const element of root.querySelectorAll("[data-i18n]")) {
    element.textContent = text(element.dataset.i18n);
  }
  for (const element of root.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", text(element.dataset.i18nLabel));
    element.title = text(element.dataset.i18nLabel);
  }
  for (const button of root.querySelectorAll("[data-locale]")) {
    button.setAttribute("aria-pressed", button.dataset.locale === locale);
  }
}

/** Gradio's own switch. It is part of its core chunk, which the page has loaded already. */
async function changeGradioLocale() {
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const core = loaded.find((name) => /\/assets\/core-[^/]+\.js$/.test(name));
  if (!core) return console.warn("Gradio's core chunk was not found: its own texts keep their language");
  (await import(core)).changeLocale?.(locale);
}

function speak(chosen) {
  locale = chosen;
  document.documentElement.lang = locale;
  document.title = text("app.title");
  translateAll();
  return changeGradioLocale();
}

function setUpLanguage() {
  const added = (record) => [...record.addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE);
  new MutationObserver((records) => {
    if (records.some(added)) translateAll();
  }).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest?.("[data-locale]")?.dataset.locale;
    if (!chosen) return;
    try {
      localStorage.setItem(LOCALE_MEMORY, chosen);
    } catch {
      // the choice then lasts as long as the page
    }
    speak(chosen).then(() => document.dispatchEvent(new Event("localechange")));
  });
  return speak(locale);
}
