using static SimpleFlow.Tests.Ops.Input;

namespace SimpleFlow.Tests.Ops;

// Ops that compute nothing and put elements elsewhere. Squares after them make the gradient depend
// on the element, so that a misplaced one shows.
internal static partial class OpSamples
{
    private static IEnumerable<Sample> NewShapes()
    {
        (Shape From, Shape To)[] reshapes =
            [
            ([], []), ([], [1, 1]), ([1], []), ([6], [2, 3]), ([2, 3], [6]), ([2, 3], [3, 2]), ([2, 3], [null]), ([2, 3, 2], [2, null]),
            ([2, 1, 3], [3, 2, 1]), ([4], [1, 2, 1, 2, 1]), ([2, 1, 3, 2], [4, 3]), ([2, 1, 3, 1, 2], [3, 2, 2]), ([0, 3], [0]),
            ([0, 3], [3, null]), ([2, 0], [5, 0]),
            ([null, 4], [null, 2, 2]), ([null, 2, 2], [null, 4]), ([2, null], [null]), ([null, null], [null]), ([null, 0], [0]),
        ];
        foreach (var (from, to) in reshapes)
            yield return new($"Reshape {from} to {to}", [Any(from)], x => x[0].Reshape(to).Power(2), [3, 2]);

        (Shape From, Shape To)[] stretches =
            [
            ([], []), ([], [2, 3]), ([1], [4]), ([3], [2, 3]), ([2, 1], [2, 3]), ([1, 3], [2, 3]), ([2, 1, 2], [2, 3, 2]),
            ([1, 2, 1], [2, 2, 2, 2, 2]), ([1, 2, 1, 2], [2, 2, 2, 2]), ([1, 2, 1, 2, 1], [2, 2, 2, 2, 2]),
            ([2, 1, 2, 1, 2], [2, 2, 2, 2, 2]), ([1], [0]), ([0], [2, 0]), ([1, 3], [null, 3]), ([null, 1], [null, 3]), ([null], [2, null]),
            ([null, 2], [null, 2]),
        ];
        foreach (var (from, to) in stretches)
            yield return new($"Broadcast {from} to {to}", [Any(from)], x => x[0].Broadcast(to).Power(2), [3, 1, 0]);

        yield return new("BroadcastLike", [Any([null, 1]), Any([null, 3])],
            x => Flow.AddFlow(x[0], new BroadcastLike(x[1])).Power(2) + x[1], [3, 1, 0]);
        yield return new("SumLike", [Any([null, 3]), Any([1, 3])],
            x => Flow.AddFlow(x[0], new SumLike(x[1])).Power(2) + x[1], [3, 1, 0]);
        yield return new("ReshapeLike", [Any([null, 4]), Any([null, 2, 2])],
            x => Flow.AddFlow(x[0], new ReshapeLike(x[1])).Power(2) + x[1], [3, 1, 0]);
        foreach (var axes in new int[]?[] { null, [0], [-1, 0] })
            yield return new($"CountElements along {(axes is null ? "all" : string.Join(" ", axes))}", [Any([null, 3])],
                x => Flow.AddFlow(x[0], new CountElements(axes)) * x[0], [3, 1, 0]);

        (Shape Shape, int[]? Order)[] orders =
            [
            ([], null), ([3], null), ([2, 3], null), ([2, 3], [0, 1]), ([2, 3], [-1, 0]), ([2, 3, 4], [1, 2, 0]), ([2, 3, 4], [2, 0, 1]),
            ([2, 3, 4], [0, 2, 1]), ([2, 1, 3], [1, 0, 2]), ([2, 1, 3], null), ([2, 1, 2, 3], [3, 1, 0, 2]),
            ([2, 1, 2, 1, 3], [4, 2, 0, 1, 3]), ([0, 3], null), ([2, 0, 3], [2, 1, 0]), ([null, 3], null), ([2, null, 3], [1, 2, 0]),
        ];
        foreach (var (shape, order) in orders)
            yield return new($"Transpose {shape} {(order is null ? "reversed" : string.Join(" ", order))}", [Any(shape)],
                x => x[0].Transpose(order).Power(2), [3, 1, 0]);
    }

    private static IEnumerable<Sample> Parts()
    {
        (Shape Shape, int Axis, long Start, long? End, long Step)[] slices =
            [
            ([5], 0, 1, 4, 1), ([5], 0, 0, null, 2), ([5], -1, -3, null, 1), ([5], 0, 1, -1, 3), ([5], 0, -99, 99, 1), ([5], 0, 3, 1, 1),
            ([5], 0, 4, null, 100), ([5], 0, 2, null, long.MaxValue), ([2, 4], 1, 1, 3, 1), ([2, 4], 0, 1, null, 1), ([2, 4], -2, 0, 1, 1),
            ([3, 4, 2], 1, 3, null, 1),
            ([3, 4, 2], 1, 0, null, 2), ([2, 2, 1, 3], -1, 1, null, 1), ([2, 1, 2, 3, 2], 3, 1, 3, 1), ([0, 3], 0, 0, 2, 1),
            ([0, 3], 1, 1, null, 1), ([2, 3], 1, 0, 0, 1), ([1, 1], 0, 0, null, 1), ([null, 3], 0, 1, null, 1), ([null, 3], 0, 0, -1, 1),
            ([null, 3], 1, 1, null, 1), ([null, 3], 0, 0, 2, 1), ([null], 0, -2, null, 1),
        ];
        foreach (var (shape, axis, start, end, step) in slices)
            yield return new($"Slice {shape} axis {axis} {start}..{end} step {step}", [Any(shape)],
                x => x[0].Slice(axis, start, end, step).Power(2), [4, 1, 0]);

        (Shape Shape, int Axis, long Before, long After)[] paddings =
            [
            ([3], 0, 1, 2), ([3], -1, 0, 0), ([2, 3], 0, 2, 0), ([2, 3], 1, 0, 1), ([2, 1, 3], 1, 1, 1), ([2, 1, 2, 1], 2, 1, 0),
            ([2, 1, 2, 1, 2], 3, 0, 1), ([0, 2], 0, 1, 1), ([2, 0], 0, 1, 0), ([null, 2], 0, 1, 2), ([null, 2], 1, 2, 1),
        ];
        foreach (var (shape, axis, before, after) in paddings)
            yield return new($"Pad {shape} axis {axis} {before} before {after} after", [Any(shape)],
                x => x[0].Pad(axis, before, after).Power(2), [3, 1, 0]);
        yield return new("Pad around images", [Any([2, 1, 2, 3])], x => x[0].Pad((1, 0, 2, 1)).Power(2));
        yield return new("all slices of a sequence", [Any([2, 4, 3])],
            x => Enumerable.Range(0, 4).Select(t => x[0].Slice(1, t, t + 1) * (t + 1f)).Aggregate((sum, next) => (sum + next).Tanh()));

        (Shape[] Shapes, int Axis)[] joins =
            [
            ([[3]], 0), ([[2], [3]], 0), ([[1], [1], [1]], -1), ([[2, 3], [2, 3]], 0), ([[2, 1], [2, 3]], 1),
            ([[2, 3], [1, 3], [2, 3]], -2), ([[2, 2, 3], [2, 1, 3]], 1), ([[2, 1, 1, 2], [2, 1, 2, 2]], 2),
            ([[2, 1, 2, 1, 2], [2, 1, 2, 1, 3]], 4), ([[0], [2]], 0), ([[2, 0], [2, 3], [2, 0]], 1),
            ([[0, 2], [0, 3]], 1), ([[0], [0]], 0), ([[null, 2], [null, 3]], 1), ([[null, 2], [1, 2]], 0), ([[2, null], [2, null]], 0),
            ([[null], [null], [2]], 0), ([[2, null], [2, 3]], 1),
        ];
        foreach (var (shapes, axis) in joins)
            yield return new($"Concat {string.Join(" ", shapes.AsEnumerable())} axis {axis}", [.. shapes.Select(Any)],
                x => Flow.Concat(x, axis).Power(2), [3, 1, 0]);
        yield return new("Concat of the same twice", [Any([2, 2])], x => Flow.Concat([x[0], x[0]], 1).Power(2));
        yield return new("Concat of whole numbers", [Whole([2], 5), Whole([3], 5)], x => Flow.Concat(x, 0));
    }

    private static IEnumerable<Sample> Indices()
    {
        (Shape Table, Shape Indices, int Axis)[] picks =
            [
            ([4], [3], 0), ([4], [], 0), ([4, 2], [5], 0), ([4, 2], [2, 2], 0), ([2, 4], [3], 1), ([2, 4], [3], -1), ([2, 4, 2], [3], 1),
            ([2, 4, 2], [], 1), ([2, 1, 4, 2], [3], 2), ([2, 2, 4, 1, 2], [2], 2), ([4, 2], [0], 0), ([4, 0], [3], 0), ([0, 2], [0], 0),
            ([1, 2], [3], 0),
            ([4, 2], [null], 0), ([2, null], [null], 1), ([null, 3], [2], 1),
        ];
        foreach (var (table, indices, axis) in picks)
            yield return new($"Gather {table} at {indices} axis {axis}",
                [Any(table), Index(indices, (int)(table[axis < 0 ? axis + table.Rank : axis] is > 0 and { } length ? length : 1))],
                x => x[0].Gather(x[1], axis).Power(2), [3, 1, 0]);
        yield return new("Gather of a table of any length", [Any([null, 2]), Index([3], 1)], x => x[0].Gather(x[1]).Power(2), [3, 1]);
        yield return new("Gather at classes that are checked", [Any([2, 4]), Index([3], 4)],
            x => x[0].Gather(Flow.AddFlow(x[1], new CheckClasses(x[0], -1)), axis: 1).Power(2));
        yield return new("Gather of whole numbers", [Whole([5], 9), Index([2, 2], 5)], x => x[0].Gather(x[1]));

        foreach (var shape in Shapes)
        {
            yield return new($"OneHot {shape}", [Index(shape, 3)], x => x[0].OneHot(3), [2, 1, 0]);
            yield return new($"OneHot {shape} without class 1", [Index(shape, 3)], x => x[0].OneHot(3, ignoreIndex: 1), [2, 1, 0]);
            yield return new($"Cast {shape}", [Whole(shape, 4)], x => x[0].Cast(), [2, 1, 0]);
            yield return new($"ToIndices {shape}", [Whole(shape, 4), Any(shape)],
                x => Flow.AddFlow(x[0].Cast() * 2f, new ToIndices()).Equal(Flow.AddFlow(x[1], new ToIndices())).Cast());
            if (shape.Rank > 0 && shape[0] != 0) yield return new($"ArgMax {shape} axis 0", [Any(shape)], x => x[0].ArgMax(0), [2, 1]);
        }
        yield return new("ArgMax axis 1", [Any([3, 4, 2])], x => x[0].ArgMax(1));
        yield return new("ArgMax last axis", [Any([3, 4])], x => x[0].ArgMax());
        yield return new("ArgMax of no rows", [Any([0, 4])], x => x[0].ArgMax());
    }
}
