// Runs in every page before Streamlit's own scripts do, and mends what has no setting there (Streamlit 1.67).
// __KNOWN__ is filled in by the server: pages' addresses from the root, and words by language.
(() => {
  "use strict";
  const known = __KNOWN__;
  const root = new URL("./", location.href);
  const ends = new Set(known.pages.map((end) => new URL(end, root).pathname));
  const CARRIED = ["lang", "programme", "release"];  // that hold on every page
  const NARROW = 768;  // px; below it the navigation lies behind a button, over the page

  // Connect at once, to the root, instead of looking for a server below each address first; the line at the foot of
  // the screen says when there is none, not a box that bars the page.
  window.__streamlit = {
    BACKEND_BASE_URL: root.href,
    MAIN_PAGE_BASE_URL: root.href,
    HOST_CONFIG: {
      allowedOrigins: [location.origin],
      useExternalAuthToken: false,
      enableCustomParentMessages: false,
      blockErrorDialogs: true,
    },
  };

  // ---- one entry of the history per page: a choice on it, and what the server mends in its address, add none ---------

  const push = history.pushState.bind(history);
  const replace = history.replaceState.bind(history);
  history.pushState = (state, unused, url) => {
    const isSamePage = new URL(url ?? "", location.href).pathname === location.pathname;
    (isSamePage ? replace : push)(state, unused, url);
  };

  // What an entry of the history does not name was at its default then, whatever has been chosen since.
  addEventListener("popstate", (event) => {
    if (!event.isTrusted) return;
    const here = new URL(location.href);
    here.searchParams.set("back", "1");
    replace(history.state, "", here);
  });

  const app = () => document.querySelector("[data-testid=stApp]");
  const isConnected = () => app()?.dataset.testConnectionState === "CONNECTED";
  const rerun = () => dispatchEvent(new PopStateEvent("popstate", { state: {} }));

  // ---- every link to a page is an ordinary one: quick while the server answers, and never lost while it does not -----

  let awaited = null;  // the address of a link that was followed while the server did not answer

  const isOfNavigation = (link) => link.matches("[data-testid$=NavLink], [data-testid=stTopNavDropdownLink]");

  function destination(link) {
    const to = new URL(link.getAttribute("href") ?? link.getAttribute("xlink:href"), location.href);
    if (isOfNavigation(link)) {
      const here = new URLSearchParams(location.search);
      for (const key of CARRIED) if (here.has(key)) to.searchParams.set(key, here.get(key));
    }
    return to;
  }

  function closeMenu() {
    if (innerWidth < NARROW)
      document.querySelector("[data-testid=stSidebar] [data-testid=stSidebarCollapseButton] button")?.click();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href], a[*|href]");
    const isOrdinary = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !isOrdinary || link.hasAttribute("download")) return;
    const to = destination(link);
    const isHere = to.pathname === location.pathname && to.search === location.search;
    if (to.origin !== location.origin || !ends.has(to.pathname) || (isHere && to.hash)) return;
    event.preventDefault();
    event.stopPropagation();
    if (isOfNavigation(link)) closeMenu();
    if (isHere || (isOfNavigation(link) && to.pathname === location.pathname)) return;
    if (isConnected()) return follow(to);
    // the page may be there although the connection is not; else the link is followed when the connection is back
    awaited = to;
    fetch(to, { method: "HEAD", cache: "no-store" }).then(() => awaited === to && location.assign(to), () => {});
  }, true);

  function follow(to) {
    awaited = null;
    push({}, "", to);
    rerun();
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  }

  // ---- while the server does not answer, Streamlit switches its controls off; a line says why ------------------------

  let wasConnected = false, left = 0;

  function connectionChanged() {
    const offline = document.getElementById("vetrina-offline");
    clearTimeout(left);
    if (!isConnected()) {
      if (wasConnected) left = setTimeout(() => { offline.hidden = isConnected(); }, 1500);
      return;
    }
    offline.hidden = true;
    if (awaited) follow(awaited);
    else if (wasConnected) rerun();  // the server may be another, which knows nothing of this reader's choices
    wasConnected = true;
  }

  // ---- Streamlit's words in the page's language ----------------------------------------------------------------------

  const OURS = ".block, [data-testid=stMarkdownContainer], [data-testid=stHtml], [data-testid=stTable], [data-testid=stCode], " +
    "svg, style, script, title, noscript, input, textarea";
  const isOurs = (element) => element?.closest(OURS) && !element.closest("[data-testid=stFileUploaderDropzone] button");
  const NAMED = ["aria-label", "title", "placeholder", "alt"];
  const templates = Object.keys(known.words.en ?? Object.values(known.words)[0]).filter((words) => words.includes("{}"))
    .map((words) => [new RegExp("^" + words.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("(.+)") + "$"), words]);
  const english = new WeakMap();  // node -> what Streamlit said there last, by attribute ("" for the text)

  function inLanguage(said) {
    const words = known.words[document.documentElement.lang] ?? {};
    const plain = said.trim();
    if (Object.hasOwn(words, plain)) return words[plain];
    for (const [pattern, template] of templates) {
      const found = plain.match(pattern);
      if (found && words[template]) return words[template].replace("{}", () => found[1]);
    }
    const [about] = plain.split(": ", 1);  // "Search: Sectors"
    return Object.hasOwn(words, about) ? words[about] + plain.slice(about.length) : null;
  }

  function translate(node, attribute, now, write) {
    const held = english.get(node) ?? {};
    const said = held[attribute]?.ours === now ? held[attribute].theirs : now;  // the language may have changed since
    const ours = said && inLanguage(said);
    if (!ours) return;
    english.set(node, { ...held, [attribute]: { theirs: said, ours } });
    if (ours !== now) write(ours);
  }

  function translateText(node) {
    if (node.data.trim() && !isOurs(node.parentElement)) translate(node, "", node.data, (ours) => { node.data = ours; });
  }

  function translateNames(element) {
    for (const name of NAMED)
      if (element.hasAttribute(name))
        translate(element, name, element.getAttribute(name), (ours) => element.setAttribute(name, ours));
  }

  function translateWithin(start) {
    if (start.nodeType === Node.TEXT_NODE) return translateText(start);
    if (start.nodeType !== Node.ELEMENT_NODE || start.closest("svg, .block")) return;
    translateNames(start);
    const walk = document.createTreeWalker(start, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (node) =>
      node.nodeName.toLowerCase() === "svg" || node.classList?.contains("block") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    while (walk.nextNode()) {
      if (walk.currentNode.nodeType === Node.TEXT_NODE) translateText(walk.currentNode);
      else translateNames(walk.currentNode);
    }
  }

  function changed(records) {
    for (const record of records) {
      if (record.type === "childList") record.addedNodes.forEach(translateWithin);
      else if (record.type === "characterData") translateText(record.target);
      else if (record.attributeName === "data-test-connection-state") connectionChanged();
      else translateNames(record.target);
    }
  }

  function languageChanged() {
    const offline = document.getElementById("vetrina-offline");
    offline.textContent = known.words[document.documentElement.lang]?.["*offline"] ?? "";
    translateWithin(document.body);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const offline = document.createElement("div");
    offline.id = "vetrina-offline";
    offline.setAttribute("role", "status");
    offline.hidden = true;
    document.body.append(offline);
    languageChanged();
    new MutationObserver(changed).observe(document.body, {
      subtree: true, childList: true, characterData: true, attributes: true,
      attributeFilter: [...NAMED, "data-test-connection-state"],
    });
    new MutationObserver(languageChanged).observe(document.documentElement, { attributeFilter: ["lang"] });
  });
})();
