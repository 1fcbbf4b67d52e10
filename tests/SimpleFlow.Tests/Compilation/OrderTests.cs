using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Compilation;

/// <summary>Assignments: everything in a step reads the old values, and every assignment's result is the new one.</summary>
public class OrderTests
{
    private readonly Variable _a = new("a", [4], Initializer.Constant(1, 2, 3, 4));
    private readonly Variable _b = new("b", [4], Initializer.Constant(10, 20, 30, 40));
    private readonly Constant _matrix = new([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [4, 4], ElementType.Float32);

    /// <summary>Every way to compile gives the plain values of the outputs, and leaves in the variables what was assigned.</summary>
    private void Check(Node[] outputs, params (Variable Variable, float[] Expected)[] after)
    {
        var reading = new Reading(outputs, new Dictionary<Placeholder, PlainTensor>(), default);
        var plain = reading.Plain();
        foreach (var without in new string[][] { [], ["Fuse"], ["Simplify"], ["Fuse", "Simplify", "Merge", "Fold"] })
        {
            foreach (var reuse in new[] { true, false })
            {
                var options = Reading.OneThread with { Without = without, ReuseMemory = reuse };
                var compiled = reading.Compiled(options);
                for (var i = 0; i < outputs.Length; i++) Assert.Equal(plain[outputs[i]].Elements, compiled[i]);

                var before = GraphOrder.Of(outputs).OfType<Variable>().Select(variable => (variable, variable.Memory.Span.ToArray()))
                    .ToList();
                new Executable(reading.Compile(options), new StepClock()).Run();
                foreach (var (variable, expected) in after) Assert.Equal(expected, variable.Memory.Span.ToArray());
                foreach (var (variable, elements) in before) variable.Set(elements);
            }
        }
    }

    [Fact]
    public void Readers_of_the_old_value_come_before_the_assignment() =>
        Check([_a.Assign(_a * 2f), _a + 100f, (_a.Reshape([1, 4]).MatMul(_matrix)), _a.Sum()], (_a, [2, 4, 6, 8]));

    [Fact]
    public void Two_variables_can_be_swapped() => Check([_a.Assign(_b), _b.Assign(_a)], (_a, [10, 20, 30, 40]), (_b, [1, 2, 3, 4]));

    [Fact]
    public void Or_swapped_and_changed() => Check([_a.Assign(_b + 1f), _b.Assign(_a * 2f)], (_a, [11, 21, 31, 41]), (_b, [2, 4, 6, 8]));

    [Fact]
    public void A_variable_may_be_assigned_itself_in_another_shape() =>
        Check([_a.Assign(_a.Reshape([2, 2]).Transpose().Reshape([4])), _b.Assign(_b)], (_a, [1, 3, 2, 4]), (_b, [10, 20, 30, 40]));

    [Fact]
    public void An_output_that_is_an_assigned_variable_is_its_old_value() =>
        Check([_a, _a.Assign(_a + 1f), _a.Reshape([2, 2])], (_a, [2, 3, 4, 5]));

    [Fact]
    public void A_reshaped_reader_of_the_old_value_is_not_overtaken()
    {
        // The sum reads a's memory under another shape, after the instruction whose result is assigned to a.
        var next = _a * 2f;
        Check([_a.Assign(next), (Node)next + _a.Reshape([1, 4]).Reshape([4]), next.Reshape([1, 4]) + _a.Reshape([1, 4])],
            (_a, [2, 4, 6, 8]));
        var row = new Variable("row", [1, 4], Initializer.Constant(1, 2, 3, 4));
        var doubled = row * 2f;
        Check([row.Assign(doubled), doubled + row.Reshape([4])]);
    }

    [Fact]
    public void The_result_of_an_assignment_is_the_new_value_for_every_reader()
    {
        var assigned = _a.Assign(_a + 1f);
        Check([assigned, assigned * 10f, assigned.Reshape([1, 4]).MatMul(_matrix), _a * 10f, assigned + _a], (_a, [2, 3, 4, 5]));
    }

    [Fact]
    public void A_reader_of_an_assignment_does_not_wait_for_the_readers_of_the_old_value()
    {
        // The product with the new value comes before the product with the old one, which the assignment must wait for.
        var assigned = _a.Assign((_b.Reshape([1, 4]).MatMul(_matrix)).Reshape([4]));
        Check([assigned.Reshape([1, 4]).MatMul(_matrix), _a.Reshape([1, 4]).MatMul(_matrix)], (_a, [900, 1000, 1100, 1200]));
    }

    [Fact]
    public void An_assignment_that_only_others_read_is_made() => Check([_a.Assign(_b).Sum()], (_a, [10, 20, 30, 40]));

    [Fact]
    public void One_value_may_go_into_several_variables()
    {
        var value = _a + _b;
        Check([_a.Assign(value), _b.Assign(value), value], (_a, [11, 22, 33, 44]), (_b, [11, 22, 33, 44]));
    }

    [Fact]
    public void A_variable_that_is_assigned_twice_in_one_step_is_an_error()
    {
        // Which of the two values should it have?
        var error = Assert.Throws<GraphException>(() => Check([_a.Assign(_a + 1f), _a.Assign(_a + 2f)]));
        Assert.Contains("`a` is assigned twice", error.Message, StringComparison.Ordinal);
    }
}
