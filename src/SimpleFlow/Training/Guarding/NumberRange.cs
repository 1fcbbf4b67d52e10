namespace SimpleFlow;

/// <summary>The range of a tensor's numbers, and how many of them are not finite.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Count">How many elements it has.</param>
/// <param name="Minimum">The smallest that is finite; +∞ if there is none.</param>
/// <param name="Maximum">The largest that is finite; −∞ if there is none.</param>
/// <param name="NonFinite">How many are NaN or infinite.</param>
/// <param name="NaNs">How many are NaN.</param>
/// <param name="First">The first that is not finite, and where it is along each axis.</param>
internal sealed record NumberRange(Shape Shape, int Count, float Minimum, float Maximum, int NonFinite, int NaNs,
    (float Number, int[] Index)? First)
{
    /// <summary>The largest absolute value of the finite numbers; 0 if there are none.</summary>
    public float Reach => NonFinite == Count ? 0 : Math.Max(Math.Abs(Minimum), Math.Abs(Maximum));

    /// <summary>Whether 0, or a number below it, is among them.</summary>
    public bool TouchesZero => Minimum <= 0;

    public static NumberRange Of(ReadOnlySpan<float> elements, int[] sizes)
    {
        var (smallest, largest, nonFinite, nans, first) = (float.PositiveInfinity, float.NegativeInfinity, 0, 0, -1);
        for (var i = 0; i < elements.Length; i++)
        {
            if (float.IsFinite(elements[i]))
            {
                smallest = Math.Min(smallest, elements[i]);
                largest = Math.Max(largest, elements[i]);
                continue;
            }
            nonFinite++;
            if (float.IsNaN(elements[i])) nans++;
            if (first < 0) first = i;
        }
        return new NumberRange(Shape.Of(sizes), elements.Length, smallest, largest, nonFinite, nans,
            first < 0 ? null : (elements[first], IndexOf(first, sizes)));
    }

    /// <summary><c>[4, 3], from −1 to 2, 1 of 12 not finite (NaN at [0, 2])</c></summary>
    public override string ToString()
    {
        var range = Count == 0 ? "empty" : NonFinite == Count ? "no finite number" : Minimum == Maximum ? $"all {NumberText.Text(Minimum)}"
            : $"from {NumberText.Text(Minimum)} to {NumberText.Text(Maximum)}";
        var place = First is { Index.Length: > 0 } first ? $" at [{string.Join(", ", first.Index)}]" : "";
        var rest = First is { Number: var number }
            ? $", {NumberText.Count(NonFinite)} of {NumberText.Count(Count)} not finite, the first {NumberText.Text(number)}{place}" : "";
        return $"{Shape}, {range}{rest}";
    }

    private static int[] IndexOf(int offset, int[] sizes)
    {
        var index = new int[sizes.Length];
        for (var axis = sizes.Length - 1; axis >= 0; axis--) (offset, index[axis]) = Math.DivRem(offset, sizes[axis]);
        return index;
    }
}
