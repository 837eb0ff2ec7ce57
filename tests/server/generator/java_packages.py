"""What a host hands in for programs and libraries in Java."""

from __future__ import annotations

from server.generator.conftest import TYPES, field

HOST_CODE = """package com.example.demo.core;

/** Adds numbers. */
public final class AddUp {

    private AddUp() {}

    public static long addUp(long first, Long second) {
        if (first == 13) {
            throw new IllegalArgumentException("thirteen is too much");
        }
        return second == null ? first : first + second;
    }
}
"""
HOST_TEST = """package com.example.demo.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SumsTest {

    @Test
    void sums() {
        assertThat(AddUp.addUp(2, 3L)).isEqualTo(5);
        assertThatThrownBy(() -> AddUp.addUp(13, null)).hasMessageContaining("thirteen");
    }
}
"""
HOST_FILES: list[dict[str, object]] = [
    {
        "path": "src/main/java/com/example/demo/core/AddUp.java",
        "content": HOST_CODE,
        "mode": "once",
    },
    {
        "path": "src/test/java/com/example/demo/core/SumsTest.java",
        "content": HOST_TEST,
        "mode": "once",
        "proves": ["command:add_up"],
    },
]
MIX_UP: dict[str, object] = {
    "name": "mix_up",
    "arguments": [
        *(field(f"a_{kind}", kind) for kind in TYPES),
        *(field(f"o_{kind}", kind, required=False) for kind in TYPES),
        field("mode", "enum", values=["low", "high"], default="low"),
        field("ratio", "decimal", minimum=0.25, default=1.5),
        field("times", "integer", minimum=1, maximum=9, default=2),
        field("dry", "boolean", default=False),
        field("json", "enum", values=["x"], required=False),
    ],
}
MIX_CODE = """package com.example.demo.core;

import com.example.demo.data.Database;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;

/** Tells how many posts there are. */
public final class MixUp {

    private MixUp() {}

    public static long mixUp(
            final Database database,
            String aString, String aText, long aInteger, double aFloat, BigDecimal aDecimal,
            boolean aBoolean, LocalDate aDate, Instant aDatetime, String aEmail, String aUrl,
            UUID aUuid,
            String oString, String oText, Long oInteger, Double oFloat, BigDecimal oDecimal,
            Boolean oBoolean, LocalDate oDate, Instant oDatetime, String oEmail, String oUrl,
            UUID oUuid,
            String mode, BigDecimal ratio, long times, boolean dry, String json) {
        return database.number("SELECT count(*) FROM posts");
    }
}
"""
MIX_FILE: dict[str, object] = {
    "path": "src/main/java/com/example/demo/core/MixUp.java",
    "content": MIX_CODE,
    "mode": "once",
}
