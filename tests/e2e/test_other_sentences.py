"""Other sentences, other entities: relations, and no accounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder import AutonomousCoder, BuildResult
from running_service import running

pytestmark = [pytest.mark.slow, pytest.mark.live, pytest.mark.sandbox]


def built(sentence: str, output: Path) -> BuildResult:
    result = AutonomousCoder().build(sentence, output_path=output)
    assert result.success, [f"{c.name}: {c.status} {c.summary}" for c in result.checks]
    assert result.requirements
    assert {r.status.value for r in result.requirements} == {"proven"}, result.requirements
    return result


@pytest.mark.thorough
def test_a_blog_with_relations_and_log_in_is_green_and_works(tmp_path: Path) -> None:
    built("a blog in Python with posts, comments and tags, users can log in", tmp_path / "blog")
    with running(tmp_path / "blog") as client:
        credentials = {"email": "ann@example.com", "password": "correct horse battery staple"}
        assert client.post("/auth/register", json=credentials).status_code == 201
        form = {"username": credentials["email"], "password": credentials["password"]}
        token = client.post("/auth/login", data=form).json()["access_token"]
        ann = {"Authorization": f"Bearer {token}"}
        tag = client.post("/tags", json={"name": "python"}, headers=ann)
        assert tag.status_code == 201, tag.text
        body = {"title": "Hello", "body": "World", "tag_ids": [tag.json()["id"]]}
        post = client.post("/posts", json=body, headers=ann)
        assert post.status_code == 201, post.text
        body = {"body": "Nice", "post_id": post.json()["id"]}
        comment = client.post("/comments", json=body, headers=ann)
        assert comment.status_code == 201, comment.text
        assert client.post("/posts", json={"title": "x", "body": "y"}).status_code == 401
        orphan = client.post("/comments", json={**body, "post_id": 999_999}, headers=ann)
        assert orphan.status_code in (404, 422)
        gone = client.delete(f"/posts/{post.json()['id']}", headers=ann)
        assert gone.status_code == 204
        assert client.get(f"/comments/{comment.json()['id']}", headers=ann).status_code == 404


@pytest.mark.thorough
def test_an_inventory_without_accounts_is_green_and_open(tmp_path: Path) -> None:
    sentence = (
        "An inventory API in Python with products (name, price, quantity) and suppliers; "
        "each product belongs to a supplier. No authentication."
    )
    built(sentence, tmp_path / "inventory")
    with running(tmp_path / "inventory") as client:
        supplier = client.post("/suppliers", json={"name": "Acme"})
        assert supplier.status_code == 201, supplier.text
        body = {"name": "Bolt", "price": "0.25", "quantity": 100}
        body["supplier_id"] = supplier.json()["id"]
        product = client.post("/products", json=body)
        assert product.status_code == 201, product.text
        assert client.get("/products").json()["total"] == 1
        assert client.post("/auth/login").status_code == 404
