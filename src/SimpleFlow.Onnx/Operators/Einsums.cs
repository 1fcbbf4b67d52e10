namespace SimpleFlow.Onnx.Operators;

/// <summary>
/// Einstein's sums: each axis has a letter, and what the result does not have is summed over. Two operands at a time are brought to
/// [both, left alone, summed] and [both, summed, right alone], and multiplied as matrices.
/// </summary>
internal static class Einsums
{
    public static IEnumerable<Operator> All =>
        [
        new("Einsum", node => node.Result(Of(node)))
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = node => [Shape.Create([.. Parsed(node).Result.Select(_ => (long?)null)])],
        },
        ];

    private static Node Of(OnnxNode node)
    {
        var (terms, result) = Parsed(node);
        var (sofar, letters) = WithoutRepeats(node, node.Float(0), terms[0]);
        for (var i = 1; i < terms.Length; i++)
        {
            var (next, own) = WithoutRepeats(node, node.Float(i), terms[i]);
            var later = string.Concat(terms[(i + 1)..]) + result;
            (sofar, letters) = Product(sofar, letters, next, own, later);
        }
        (sofar, letters) = Summed(sofar, letters, result);
        return letters.Length == 0 ? sofar : sofar.Transpose(Places(result, letters));
    }

    /// <summary>The letters of each operand and of the result; the axes of an ellipsis are capital letters from the last.</summary>
    private static (string[] Operands, string Result) Parsed(OnnxNode node)
    {
        var equation = node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        var sides = equation.Split("->");
        var operands = sides[0].Split(',');
        if (operands.Length != node.InputCount || sides.Length > 2)
            throw node.Fault($"the equation '{equation}' does not fit its {node.InputCount} inputs.");
        var most = 0;
        for (var i = 0; i < operands.Length; i++)
        {
            var axes = node.Input(i).Rank - operands[i].Replace("...", "", StringComparison.Ordinal).Length;
            if (axes < 0 || (axes > 0 && !operands[i].Contains("...", StringComparison.Ordinal)))
                throw node.Fault($"'{operands[i]}' of the equation '{equation}' does not fit an input of {node.Input(i).Rank} axes.");
            most = Math.Max(most, axes);
            operands[i] = operands[i].Replace("...", Ellipsis(axes), StringComparison.Ordinal);
        }
        var result = sides.Length == 2 ? sides[1].Replace("...", Ellipsis(most), StringComparison.Ordinal)
            : Ellipsis(most) + string.Concat(string.Concat(operands).Where(letter => letter < '\u0400')
                .GroupBy(letter => letter).Where(group => group.Count() == 1).Select(group => group.Key).Order());
        if (result.Any(letter => !string.Concat(operands).Contains(letter, StringComparison.Ordinal)))
            throw node.Fault($"the result of the equation '{equation}' has an axis that no input has.");
        return (operands, result);
    }

    // Letters beyond all that an equation can have, aligned at the last axis.
    private static string Ellipsis(int axes) => string.Concat(Enumerable.Range(0, axes).Select(i => (char)('\u0400' + axes - 1 - i)));

    // An axis that appears twice in an operand is its diagonal.
    private static (Node, string) WithoutRepeats(OnnxNode node, Node x, string letters)
    {
        for (var i = 0; i < letters.Length; i++)
        {
            var second = letters.IndexOf(letters[i], i + 1);
            if (second < 0) continue;
            var size = (int)x.Shape[i]!.Value;
            if (x.Shape[second] != size) throw node.Fault($"the axes '{letters[i]}' of {x.Shape} have different sizes.");
            Effort.Require((long)size * size);
            var eye = new double[size * size];
            for (var at = 0; at < size; at++) eye[at * size + at] = 1;
            var sizes = Enumerable.Repeat((long?)1, letters.Length).ToArray();
            (sizes[i], sizes[second]) = (size, size);
            x = (x * Constant.Of(eye, Shape.Create(sizes))).Sum(second);
            letters = letters.Remove(second, 1);
            i--;
        }
        return (x, letters);
    }

    private static (Node, string) Product(Node left, string l, Node right, string r, string later)
    {
        (left, l) = Summed(left, l, r + later);
        (right, r) = Summed(right, r, l + later);
        var both = string.Concat(l.Where(letter => r.Contains(letter, StringComparison.Ordinal)
            && later.Contains(letter, StringComparison.Ordinal)));
        var summed = string.Concat(l.Where(letter => r.Contains(letter, StringComparison.Ordinal)
            && !later.Contains(letter, StringComparison.Ordinal)));
        var (alone, other) = (Rest(l, both + summed), Rest(r, both + summed));
        // A size of 1 is stretched to that of the other operand.
        var sizes = (l + r).Distinct()
            .ToDictionary(letter => letter, letter => Math.Max(SizeOf(left, l, letter), SizeOf(right, r, letter)));
        var a = Matrix(left, l, both, alone, summed, sizes);
        var b = Matrix(right, r, both, summed, other, sizes);
        var letters = both + alone + other;
        return (a.MatMul(b).Reshape(Shape.Create([.. letters.Select(letter => (long?)sizes[letter])])), letters);
    }

    private static int[] Places(string of, string letters) =>
        [.. of.Select(letter => letters.IndexOf(letter, StringComparison.Ordinal))];

    private static string Rest(string letters, string without) =>
        string.Concat(letters.Where(letter => !without.Contains(letter, StringComparison.Ordinal)));

    private static long SizeOf(Node x, string letters, char letter) =>
        letters.IndexOf(letter, StringComparison.Ordinal) is var axis and >= 0 ? x.Shape[axis]!.Value : 1;

    private static Node Matrix(Node x, string letters, string batch, string rows, string columns, Dictionary<char, long> sizes)
    {
        var order = batch + rows + columns;
        var moved = order.Length == 0 ? x : x.Transpose(Places(order, letters));
        var full = Shape.Create([.. order.Select(letter => (long?)sizes[letter])]);
        long Count(string some) => some.Aggregate(1L, (product, letter) => product * sizes[letter]);
        return (moved.Shape.Equals(full) ? moved : moved.Broadcast(full)).Reshape([Count(batch), Count(rows), Count(columns)]);
    }

    private static (Node, string) Summed(Node x, string letters, string kept)
    {
        int[] axes = [.. Enumerable.Range(0, letters.Length).Where(i => !kept.Contains(letters[i], StringComparison.Ordinal))];
        return axes.Length == 0 ? (x, letters)
            : (x.Sum(axes), string.Concat(letters.Where(letter => kept.Contains(letter, StringComparison.Ordinal))));
    }
}
