from tocsin.lang.labels import ANY_LABELS, Matching, ResultLabels, of_operator

OPEN = ResultLabels(frozenset("a"), open=True)
CLOSED = ResultLabels(frozenset("ab"))


def test_a_closed_result_has_nothing_else():
    assert CLOSED.can_have("a")
    assert not CLOSED.can_have("z")
    assert OPEN.can_have("z")


def test_dropping_is_remembered_only_where_the_label_could_come_from():
    assert OPEN.drop("az") == ResultLabels(frozenset(), True, frozenset("az"))
    assert CLOSED.drop("az") == ResultLabels(frozenset("b"))


def test_keeping_cannot_bring_a_label_back():
    assert OPEN.drop("z").keep("az") == ResultLabels(frozenset("a"))
    assert CLOSED.keep("az") == ResultLabels(frozenset("a"))


def test_sides_without_modifiers_carry_the_same_labels():
    assert of_operator("/", ANY_LABELS, CLOSED, Matching()) == CLOSED
    assert of_operator("/", OPEN.drop("b"), CLOSED, Matching()) == ResultLabels(frozenset("a"))


def test_a_group_label_that_the_other_side_lacks_is_removed():
    matching = Matching("on", frozenset("a"), "left", frozenset("bc"))
    one = ResultLabels(frozenset("ab"))
    assert of_operator("*", CLOSED, one, matching) == ResultLabels(frozenset("ab"))
    assert of_operator("*", OPEN, one, matching) == ResultLabels(frozenset("a"), True, frozenset("c"))


def test_set_operators():
    assert of_operator("and", OPEN, CLOSED, Matching()) == OPEN
    assert of_operator("unless", CLOSED, OPEN, Matching()) == CLOSED
    assert of_operator("or", CLOSED, CLOSED, Matching()) == CLOSED
    assert of_operator("or", OPEN, CLOSED, Matching()) == ResultLabels(frozenset("a"), True)
