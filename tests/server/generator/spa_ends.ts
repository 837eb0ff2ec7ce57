// The built pages in a browser's stead, with the real API behind them.
import { readdirSync } from "node:fs";
import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";

const PASSWORD = "correct horse battery";

async function fill(label: string, value: string) {
  fireEvent.change(await screen.findByLabelText(label), { target: { value } });
}

async function press(name: string) {
  fireEvent.click(await screen.findByRole("button", { name }));
}

/** Follow a link; of several with this name the last one. */
async function follow(name: string) {
  const links = await screen.findAllByRole("link", { name });
  fireEvent.click(links.at(-1) as HTMLElement);
}

async function choose(label: string, name: string) {
  const option = await waitFor(() =>
    within(screen.getByLabelText(label)).getByRole<HTMLOptionElement>("option", { name }),
  );
  await fill(label, option.value);
}

async function heading(name: string) {
  await screen.findByRole("heading", { level: 1, name });
}

async function menu(name: string) {
  fireEvent.click(
    within(screen.getByRole("navigation", { name: "Main" })).getByRole("link", { name }),
  );
  await heading(name);
}

// Browsers ask like this for what is not to be kept.
const ask = globalThis.fetch;
globalThis.fetch = (input, init = {}) => {
  expect(init.cache).toBe("no-store");
  const headers = new Headers(init.headers);
  headers.set("Cache-Control", "no-cache");
  return ask(input, { ...init, headers });
};

test("people use what is built", async () => {
  document.body.innerHTML = '<div id="root"></div>';
  const bundle = readdirSync("dist/assets").find((name) => name.endsWith(".js"));
  await import(/* @vite-ignore */ `${process.cwd()}/dist/assets/${bundle}`);
  await heading("Demo");

  // Nobody sees tags without a login, and comes back to them with one.
  fireEvent.click(
    within(screen.getByRole("navigation", { name: "Main" })).getByRole("link", { name: "Tags" }),
  );
  await heading("Log in");
  await follow("Make an account");
  await heading("Make an account");
  await fill("Email address", "me@example.com");
  await fill("Password", PASSWORD);
  await fill("Nick", "Nick");
  await fill("Handle", "one");
  await press("Make an account");
  await heading("Tags");
  await screen.findByText("There is nothing here yet.");

  for (const name of ["red", "green"]) {
    await follow("New tag");
    await heading("New tag");
    await fill("Name", name);
    await press("Save");
    await heading(name);
    await menu("Tags");
  }
  // A second row with the same name is refused.
  await follow("New tag");
  await heading("New tag");
  await fill("Name", "red");
  await press("Save");
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toMatch(/unique|conflicts/);

  await menu("Posts");
  await follow("New post");
  await heading("New post");
  await heading("New post");
  const values = {
    Title: "First",
    "A string": "text",
    "A text": "two\nlines",
    "A integer": "5",
    "A float": "1.5",
    "A decimal": "12.50",
    "A date": "2026-03-04",
    "A datetime": "2026-03-04T05:06",
    "A email": "A@example.com",
    "A url": "https://example.com/x",
    "A uuid": "12345678-1234-5678-1234-567812345678",
    Kind: "two_words",
    Amount: "99.25",
  };
  for (const [label, value] of Object.entries(values)) await fill(label, value);
  fireEvent.click(screen.getByLabelText("A boolean"));
  await choose("Author", "You (me@example.com)");
  fireEvent.click(await screen.findByLabelText("green"));
  await press("Save");
  await heading("First");
  const detail = (term: string) =>
    screen.getByText(term, { selector: "dt" }).nextElementSibling?.textContent;
  expect(detail("A decimal")).toBe("12.5");
  expect(detail("Amount")).toBe("99.25");
  expect(detail("A boolean")).toBe("Yes");
  expect(detail("A date")).toContain("2026");
  expect(detail("A datetime")).toMatch(/5:06|05:06/);
  expect(detail("Kind")).toBe("Two words");
  expect(detail("A text")).toBe("two\nlines");
  expect(detail("Author")).toBe("You");
  await waitFor(() => expect(detail("Tags")).toBe("green"));
  expect(detail("O integer")).toBe("–");

  // Bounds that only the server knows of stand beside the field.
  await follow("Edit");
  await heading("Edit post");
  expect((screen.getByLabelText("A datetime") as HTMLInputElement).value).toBe("2026-03-04T05:06");
  expect((screen.getByLabelText("A decimal") as HTMLInputElement).value).toBe("12.5");
  await fill("Amount", "101");
  await press("Save");
  await screen.findByText("It must be at most 100.");
  await fill("Amount", "100");
  await fill("O float (optional)", "2.5");
  fireEvent.click(await screen.findByLabelText("red"));
  await press("Save");
  await heading("First");
  await waitFor(() => expect(detail("Amount")).toBe("100"));
  expect(detail("O float")).toBe("2.5");
  await waitFor(() => expect(detail("Tags")).toBe("redgreen"));

  // Relations: what is referred to is chosen, and cannot go.
  await menu("Keepers");
  await follow("New keeper");
  await heading("New keeper");
  await fill("Name", "Ann");
  await press("Save");
  await heading("Ann");
  await menu("Shelves");
  await follow("New shelf");
  await heading("New shelf");
  await fill("Label", "Top");
  await choose("Keeper", "Ann");
  await press("Save");
  await heading("Top");
  await follow("Ann");
  await heading("Ann");
  await press("Delete");
  await press("Delete for good");
  expect((await screen.findByRole("alert")).textContent).toMatch(/refer|conflicts/);
  await press("Cancel");
  // Lists: search, filter, sort.
  await menu("Posts");
  await follow("New post");
  await heading("New post");
  await heading("New post");
  for (const [label, value] of Object.entries({ ...values, Title: "Second", Kind: "one" }))
    await fill(label, value);
  await choose("Author", "You (me@example.com)");
  await press("Save");
  await heading("Second");
  await menu("Posts");
  await fill("Search", "seco");
  await waitFor(() => expect(screen.queryByRole("link", { name: "First" })).toBeNull());
  await fill("Search", "");
  await screen.findByRole("link", { name: "First" });
  await fill("Kind", "two_words");
  await waitFor(() => expect(screen.queryByRole("link", { name: "Second" })).toBeNull());
  await fill("Kind", "");
  await screen.findByRole("link", { name: "Second" });
  await choose("Tag", "green");
  await waitFor(() => expect(screen.queryByRole("link", { name: "Second" })).toBeNull());
  await fill("Tag", "");
  await screen.findByRole("link", { name: "Second" });
  const titles = () =>
    screen
      .getAllByRole("row")
      .slice(1)
      .map((row) => row.querySelector("a")?.textContent);
  await press("Title");
  await waitFor(() =>
    expect(screen.getAllByRole("columnheader")[0]?.getAttribute("aria-sort")).toBe("ascending"),
  );
  await waitFor(() => expect(titles()).toEqual(["First", "Second"]));
  fireEvent.click(screen.getByRole("button", { name: /^Title/ }));
  await waitFor(() => expect(titles()).toEqual(["Second", "First"]));

  // What is not there.
  history.pushState(null, "", "/posts/99");
  dispatchEvent(new PopStateEvent("popstate"));
  expect((await screen.findByRole("alert")).textContent).toMatch(/no (post|such row)/i);

  await menu("Comments");
  await follow("New comment");
  await heading("New comment");
  await choose("Post", "First");
  await press("Save");
  await heading("Comment #1");
  await follow("First");
  await heading("First");
  await follow("Comments");
  await heading("Comments");
  await waitFor(() => expect(screen.getByLabelText<HTMLSelectElement>("Post").value).toBe("1"));
  await screen.findByRole("link", { name: "Comment #1" });

  // Somebody else reads, and may not change; what is private stays so.
  await menu("Secrets");
  await follow("New secret");
  await heading("New secret");
  await fill("Text", "mine");
  await press("Save");
  await heading("mine");
  await press("Log out");
  await heading("Log in");
  await follow("Make an account");
  await heading("Make an account");
  await fill("Email address", "me@example.com");
  await fill("Password", PASSWORD);
  await fill("Nick", "Nick");
  await fill("Handle", "two");
  await press("Make an account");
  expect((await screen.findByRole("alert")).textContent).toMatch(/unique|conflicts/);
  await fill("Email address", "you@example.com");
  await press("Make an account");
  expect((await screen.findByRole("alert")).textContent).toMatch(/no (secret|such row)/i);
  await menu("Secrets");
  await screen.findByText("There is nothing here yet.");
  await menu("Posts");
  await follow("First");
  await heading("First");
  await screen.findByText("you@example.com");
  expect(screen.queryByRole("button", { name: "Delete" })).toBeNull();
  expect(detail("Author")).toBe("#1");
  await press("Log out");
  await follow("Log in");
  await heading("Log in");
  await fill("Email address", "me@example.com");
  await fill("Password", "not the password");
  await press("Log in");
  expect((await screen.findByRole("alert")).textContent).toContain("password is wrong");
  await fill("Password", PASSWORD);
  await press("Log in");
  await screen.findByText("me@example.com");
  await menu("Posts");
  await follow("First");
  await heading("First");
  await press("Delete");
  await press("Delete for good");
  await heading("Posts");
  await waitFor(() => expect(titles()).toEqual(["Second"]));
  await menu("Comments");
  await screen.findByText("There is nothing here yet.");
}, 120_000);
