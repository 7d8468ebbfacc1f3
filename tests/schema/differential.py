"""Generated schemas and messages, judged by PyPI's jsonschema and by ours: the verdicts must be the same.

Usage: differential.py JUDGE [SEED [SCHEMAS]]. The seed is printed; with it a failure is repeated.
Left out of what is generated is what the two mean differently on purpose: fractions in multipleOf (jsonschema computes
with binary floats, we with decimals), 1.0 as an integer of draft 4, formats, and regular expressions whose syntax
differs between Python and ECMA 262; and unevaluated* of 2019-09, where jsonschema 4.26.0 does not count what
additionalProperties looked at (the JSON-Schema-Test-Suite covers those).
"""

import json
import os
import random
import subprocess
import sys

import jsonschema

DRAFTS = {
    "http://json-schema.org/draft-04/schema#": jsonschema.Draft4Validator,
    "http://json-schema.org/draft-06/schema#": jsonschema.Draft6Validator,
    "http://json-schema.org/draft-07/schema#": jsonschema.Draft7Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema.Draft201909Validator,
    "https://json-schema.org/draft/2020-12/schema": jsonschema.Draft202012Validator,
}
NAMES = ["a", "b", "c", "ab", "foo", "a long name"]
PATTERNS = ["^a", "b$", "^[a-c]+$", "o{2}", "^(a|foo)$", "^.{2,3}$", " "]
TYPES = ["null", "boolean", "number", "string", "array", "object", "integer"]
MESSAGES_PER_SCHEMA = 12


class Generator:
    def __init__(self, rng, draft):
        self.rng = rng
        self.level = list(DRAFTS).index(draft)  # 0: draft 4 ... 4: 2020-12

    def value(self, depth=0):
        kind = self.rng.randrange(10 if depth < 3 else 7)
        if kind == 0:
            return None
        if kind == 1:
            return self.rng.random() < 0.5
        if kind == 2:
            return self.rng.randint(-3, 6)
        if kind == 3:
            return self.rng.choice([0.5, -1.5, 2.25, 1e3 + 0.5, 18446744073709551616, -9007199254740993])
        if kind == 4 and self.level > 0:
            return float(self.rng.randint(-2, 4))
        if kind < 7:
            return self.rng.choice(NAMES + ["", "\u00e9\u00e9", "\U0001f432"])
        if kind < 8:
            return [self.value(depth + 1) for _ in range(self.rng.randrange(5))]
        return {self.rng.choice(NAMES): self.value(depth + 1) for _ in range(self.rng.randrange(5))}

    def schema(self, depth):
        if self.level > 0 and self.rng.random() < 0.08:
            return self.rng.random() < 0.8
        schema = {}
        keywords = self.keywords(depth)
        for name in self.rng.sample(sorted(keywords), k=min(len(keywords), self.rng.choice([1, 1, 2, 3, 4]))):
            schema[name] = keywords[name]()
        if isinstance(schema.get("items"), bool):
            schema.pop("additionalItems", None)  # jsonschema 4.26.0 raises TypeError
        if self.level == 0:
            for bound in ("minimum", "maximum"):
                exclusive = "exclusive" + bound.capitalize()
                if bound in schema and self.rng.random() < 0.3:
                    schema[exclusive] = True
        return schema

    def schemas(self, depth):
        return [self.schema(depth) for _ in range(self.rng.randint(1, 3))]

    def schema_map(self, depth, names):
        return {self.rng.choice(names): self.schema(depth) for _ in range(self.rng.randint(0, 3))}

    def names(self, least=0):
        return self.rng.sample(NAMES, k=self.rng.randint(max(least, 1 if self.level == 0 else 0), 2))

    def keywords(self, depth):
        rng, small = self.rng, (lambda: self.rng.randint(0, 3))
        table = {
            "type": lambda: rng.choice([rng.choice(TYPES), rng.sample(TYPES, k=rng.randint(1, 3))]),
            "enum": lambda: self.unique([self.value(1) for _ in range(rng.choice([1, 2, 3, 12]))]),
            "minimum": lambda: rng.choice([rng.randint(-2, 3), 0.5]),
            "maximum": lambda: rng.choice([rng.randint(-2, 3), 1.5, 18446744073709551615]),
            "multipleOf": lambda: rng.choice([1, 2, 3]),
            "minLength": small, "maxLength": small, "minItems": small, "maxItems": small,
            "minProperties": small, "maxProperties": small,
            "pattern": lambda: rng.choice(PATTERNS),
            "uniqueItems": lambda: rng.random() < 0.8,
            "required": lambda: self.names(),
        }
        if self.level > 0:
            table["const"] = lambda: self.value(1)
            table["exclusiveMinimum"] = lambda: rng.randint(-2, 3)
            table["exclusiveMaximum"] = lambda: rng.randint(-2, 3)
        if self.level >= 3:
            table["dependentRequired"] = lambda: {rng.choice(NAMES): self.names()}
        if depth == 0:
            return table
        below = depth - 1
        table |= {
            "properties": lambda: self.schema_map(below, NAMES),
            "patternProperties": lambda: self.schema_map(below, PATTERNS),
            "additionalProperties": lambda: self.schema(below) if rng.random() < 0.5 else False,
            "allOf": lambda: self.schemas(below), "anyOf": lambda: self.schemas(below),
            "oneOf": lambda: self.schemas(below), "not": lambda: self.schema(below),
            "items": lambda: self.schema(below),
            "$ref": lambda: rng.choice(["#/definitions/one", "#/definitions/two"]),
        }
        if self.level < 4:
            table["items"] = lambda: self.schemas(below) if rng.random() < 0.4 else self.schema(below)
            table["additionalItems"] = lambda: self.schema(below)
        else:
            table["prefixItems"] = lambda: self.schemas(below)
        if self.level < 3:
            table["dependencies"] = lambda: {
                rng.choice(NAMES): self.names(1) if rng.random() < 0.5 else self.schema(below)}
        else:
            table["dependentSchemas"] = lambda: self.schema_map(below, NAMES)
        if self.level == 4:
            table["unevaluatedProperties"] = lambda: self.schema(below) if rng.random() < 0.3 else False
            table["unevaluatedItems"] = lambda: self.schema(below) if rng.random() < 0.3 else False
        if self.level >= 3:
            table["minContains"] = small
            table["maxContains"] = small
        if self.level > 0:
            table["propertyNames"] = lambda: self.schema(below)
            table["contains"] = lambda: self.schema(below)
        if self.level > 1:
            table["if"] = lambda: self.schema(below)
            table["then"] = lambda: self.schema(below)
            table["else"] = lambda: self.schema(below)
        return table

    @staticmethod
    def unique(values):
        seen, kept = set(), []
        for value in values:
            text = json.dumps(value, sort_keys=True)
            if text not in seen:
                seen.add(text)
                kept.append(value)
        return kept

    def root(self, draft):
        schema = self.schema(3)
        while not isinstance(schema, dict):
            schema = self.schema(3)
        schema["$schema"] = draft
        # References lead into values only, so that no schema refers to itself in place.
        schema["definitions"] = {
            "one": {"properties": {"a": {"$ref": "#/definitions/two"}}, "minProperties": 1},
            "two": {"items": self.schema(1), "type": self.rng.sample(TYPES, k=4)},
        }
        if self.level < 3 and "$ref" in schema:
            del schema["$ref"]  # it would hide the definitions
        return schema


def main():
    judge_path = sys.argv[1]
    # As src/core/long_tests.h: fixed, or in long runs drawn.
    in_long_runs = os.environ.get("PROPYLON_LONG", "0") not in ("", "0")
    usual_seed = os.environ.get("PROPYLON_TEST_SEED") or (random.randrange(2**32) if in_long_runs else 1)
    seed = int(sys.argv[2] if len(sys.argv) > 2 else usual_seed)
    schemas = int(sys.argv[3]) if len(sys.argv) > 3 else (200_000 if in_long_runs else 4000)
    print(f"seed {seed}, {schemas} schemas", flush=True)
    rng = random.Random(seed)
    judge = subprocess.Popen([judge_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    failures = accepted = refused = 0
    for _ in range(schemas):
        draft = rng.choice(list(DRAFTS))
        generator = Generator(rng, draft)
        schema = generator.root(draft)
        messages = [generator.value() for _ in range(MESSAGES_PER_SCHEMA)]
        judge.stdin.write(json.dumps([schema] + messages) + "\n")
        judge.stdin.flush()
        ours = judge.stdout.readline().strip()
        validator = DRAFTS[draft](schema)
        theirs = "".join("1" if validator.is_valid(message) else "0" for message in messages)
        accepted += theirs.count("1")
        refused += theirs.count("0")
        if ours != theirs:
            failures += 1
            print(f"DIFFERENT\n  schema {json.dumps(schema)}")
            if ours.startswith("error"):
                print(f"  ours: {ours}")
            else:
                for message, one, other in zip(messages, ours, theirs):
                    if one != other:
                        print(f"  {json.dumps(message)}: ours {one}, jsonschema {other}")
            if failures == 10:
                break
    judge.stdin.close()
    print(f"{accepted} accepted, {refused} refused, {failures} schemas with different verdicts")
    return 1 if failures or not accepted or not refused else 0


sys.exit(main())
