namespace SimpleFlow.Cli.Examples;

/// <summary>Makes up a few rows for a network to look into: its formulas need no real ones.</summary>
internal static class MadeUpRows
{
    private const float DarkShare = 0.2f;          // about as dark as digits are

    /// <summary>Rows such as the network takes, with targets.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rows">How many.</param>
    /// <param name="seed">The seed.</param>
    public static Feed Of(Network network, int rows, ulong seed)
    {
        var random = new Random((int)(seed % int.MaxValue));
        var inputs = network.Description.Input switch
        {
            TableInput table => DataArray.From(Numbers(table, rows, random)),
            ImageInput image =>
                DataArray.From(Many(rows * image.Channels * image.Rows * image.Columns,
                    () => random.NextSingle() < DarkShare ? random.NextSingle() : 0)).Reshape(rows, image.Channels, image.Rows,
                    image.Columns),
            TextInput text => Characters(rows, text),
            _ => throw new ArgumentException("There are no rows for such a network.", nameof(network)),
        };
        DataArray targets = network.Description.Output switch
        {
            ClassOutput output => Many(rows, () => random.Next(output.Classes.Count)),
            NumberOutput => DataArray.From(Many(rows, () => Normal(random))).Reshape(rows, 1),
            _ => Characters(rows, (TextInput)network.Description.Input),
        };
        var feed = new Feed();
        foreach (var (placeholder, array) in network.EncodedDataset(inputs, targets)) feed[placeholder] = array;
        return feed;

        DataArray Characters(int count, TextInput text) =>
            DataArray.From(Many(count * text.Length, () => random.Next(text.Vocabulary.Count))).Reshape(count, text.Length);
    }

    // Standardised numbers, and one of the texts of each categorical column.
    private static float[,] Numbers(TableInput table, int rows, Random random)
    {
        var numbers = new float[rows, table.Width];
        for (var row = 0; row < rows; row++)
        {
            var at = 0;
            foreach (var column in table.Columns)
            {
                if (column is CategoryColumn { AsIndex: true } texts) numbers[row, at] = random.Next(texts.Values.Count + 1);
                else if (column is CategoryColumn) numbers[row, at + random.Next(column.Width)] = 1;
                else numbers[row, at] = Normal(random);
                at += column.Width;
            }
        }
        return numbers;
    }

    private static T[] Many<T>(int count, Func<T> one) => [.. Enumerable.Range(0, count).Select(_ => one())];

    // The sum of twelve uniform numbers is nearly a standard normal one.
    private static float Normal(Random random) => Enumerable.Range(0, 12).Sum(_ => random.NextSingle()) - 6;
}
