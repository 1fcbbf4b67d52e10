namespace SimpleFlow;

/// <summary>Answers in the user's own terms: it converts tables, texts and images to a network's numbers, and its outputs to classes and
/// amounts. A <see cref="Network"/> does it on one thread at a time, a <see cref="NetworkPredictor"/> on any number of them.</summary>
public abstract class NetworkAnswers
{
    private protected NetworkAnswers(NetworkDescription description, NetworkGraph graph) => (Description, Graph) = (description, graph);

    /// <summary>What the network is.</summary>
    public NetworkDescription Description { get; }

    private protected NetworkGraph Graph { get; }

    /// <summary>The network's outputs for each row.</summary>
    private protected abstract float[] Scores(Dataset rows, CancellationToken cancellation);

    /// <summary>
    /// The rows of a table as examples, prepared like those that the network was trained on.
    /// With the column to predict they can be used to train and evaluate, without it only to predict.
    /// </summary>
    /// <exception cref="DataException">The network takes no tables, a column does not exist, or a cell cannot be read;
    /// the message names its row.</exception>
    public Dataset Dataset(CsvTable table)
    {
        var inputs = Table.Encode(table);
        return Target is not { } target || table.Find(target) < 0 ? EncodedDataset(inputs)
            : EncodedDataset(inputs, Description.Output.Encode(Table.Like(table)));
    }

    /// <summary>
    /// The rows of a file that is too long for memory as examples, read piece by piece and again for every epoch. The row count is known
    /// after the first look at the file, which also checks all of its rows.
    /// </summary>
    /// <param name="path">The file, with or without the column to predict.</param>
    /// <param name="window">How many rows are shuffled with each other; the file's order matters beyond that.</param>
    /// <param name="options">What is known about the file, apart from what the training table says.</param>
    /// <param name="cancellation">Stops the first look.</param>
    /// <exception cref="DataException">The network takes no tables, a column does not exist, or a cell cannot be read;
    /// the message names its row.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Dataset StreamedDataset(string path, int window = 10_000, CsvOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var input = Table;
        var (table, rows) = CsvTable.Look(path, (options ?? new CsvOptions()) with { Like = input.Dialect }, cancellation);
        var hasTarget = Target is { } target && table.Find(target) >= 0;
        var stream = new RowStream<EncodedRow>(EncodedRow.Of(input, hasTarget ? Description.Output : null, path, options), rows, window);
        var inputs = stream.Rows([input.Width], (row, numbers) => row.CopyInputTo(numbers));
        return !hasTarget ? EncodedDataset(inputs) : EncodedDataset(inputs, Graph.Target.ElementType == ElementType.Int32
            ? stream.Labels(row => row.Label) : stream.Numbers(row => row.Number));
    }

    /// <summary>A text as examples: consecutive pieces as long as the network's window, each with the characters that come next.</summary>
    /// <exception cref="DataException">The network does not predict the next characters of a text, the text is shorter than a piece, or it
    /// has a character that the network does not know.</exception>
    public Dataset Dataset(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Description is not { Input: TextInput input, Output: NextCharacterOutput })
            throw new DataException("This network does not predict the next characters of a text.");
        var (pieces, next) = input.Vocabulary.Windows(text, input.Length);
        return EncodedDataset(pieces, next);
    }

    /// <summary>Examples as the network computes with them, such as the pixels of images from 0 to 1, or the rows that
    /// <see cref="TableInput.Encode"/> gives.</summary>
    /// <param name="inputs">The examples. They are used as they are: raw numbers of a table are wrong here.</param>
    public Dataset EncodedDataset(DataArray inputs) => new() { [Graph.Input] = inputs };

    /// <summary>Examples as the network computes with them, with what they should give.</summary>
    /// <param name="inputs">The examples, as for <see cref="EncodedDataset(DataArray)"/>.</param>
    /// <param name="targets">The numbers of the classes, standardised numbers, or the characters that come next.</param>
    /// <exception cref="DataException">A target is a class that does not exist, or the numbers of rows differ;
    /// the message names the row.</exception>
    public Dataset EncodedDataset(DataArray inputs, DataArray targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        Description.Output.Check(targets);
        return new() { [Graph.Input] = inputs, [Graph.Target] = targets };
    }

    /// <summary>The likeliest class of each row of a table, and how likely every class is.
    /// Columns that the network does not use are ignored.</summary>
    /// <exception cref="GraphException">The network does not predict classes.</exception>
    /// <exception cref="DataException">The network takes no tables, a column is missing, a cell cannot be read, or a score is not
    /// finite; the message names the row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<ClassPrediction> Classify(CsvTable rows, CancellationToken cancellation = default) =>
        ClassifyEncoded(Table.Encode(rows, cancellation: cancellation), cancellation);

    /// <summary>The likeliest class of one row: <c>network.Classify(new Dictionary&lt;string, object?&gt;
    /// { ["petal length"] = 4.9, ["colour"] = "blue" })</c>. For objects of your own see <see cref="TableRows"/>.</summary>
    /// <param name="row">The cell of each column by its name: a text, a number, a truth value, a date, an
    /// enumeration, or null where the value is missing.</param>
    /// <exception cref="GraphException">The network does not predict classes.</exception>
    /// <exception cref="DataException">The network takes no tables, a column is missing or unknown, or a cell cannot be read;
    /// the message names the columns.</exception>
    public ClassPrediction Classify<TCell>(IReadOnlyDictionary<string, TCell> row) => Classify(RowOf(row))[0];

    /// <summary>The likeliest class of a text, which must be as long as those that the network was trained on.</summary>
    /// <exception cref="GraphException">The network does not predict classes.</exception>
    /// <exception cref="DataException">The network does not read text, or the text has another length or an unknown character.</exception>
    public ClassPrediction Classify(string text) => ClassifyEncoded(Encoded(text))[0];

    /// <summary>The likeliest class of each example, for examples as the network computes with them;
    /// see <see cref="EncodedDataset(DataArray)"/>.</summary>
    /// <exception cref="GraphException">The network does not predict classes.</exception>
    /// <exception cref="DataException">A score is NaN or +∞, so there is no answer; the message names the row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<ClassPrediction> ClassifyEncoded(DataArray inputs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return [.. Classes(inputs, cancellation)];
    }

    /// <summary>The scores of all examples; each is converted to a prediction when it is read.</summary>
    internal IEnumerable<ClassPrediction> Classes(DataArray inputs, CancellationToken cancellation)
    {
        var classes = (Description.Output as ClassOutput ?? throw new GraphException("This network does not predict classes.")).Classes;
        if (inputs.Rows == 0) return [];
        var scores = Scores(EncodedDataset(inputs), cancellation);
        return Enumerable.Range(0, inputs.Rows)
            .Select(row => new ClassPrediction(classes, Probabilities.Of(scores.AsSpan(row * classes.Count, classes.Count), row)));
    }

    /// <summary>The number for each row of a table, in its own unit. Columns that the network does not use are ignored.</summary>
    /// <exception cref="GraphException">The network does not predict numbers.</exception>
    /// <exception cref="DataException">The network takes no tables, a column is missing, or a cell cannot be read;
    /// the message names the row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<double> Estimate(CsvTable rows, CancellationToken cancellation = default) =>
        EstimateEncoded(Table.Encode(rows, cancellation: cancellation), cancellation);

    /// <summary>The number for one row, in its own unit.</summary>
    /// <param name="row">As for <see cref="Classify{TCell}(IReadOnlyDictionary{string, TCell})"/>.</param>
    /// <exception cref="GraphException">The network does not predict numbers.</exception>
    /// <exception cref="DataException">The network takes no tables, a column is missing or unknown, or a cell cannot be read;
    /// the message names the columns.</exception>
    public double Estimate<TCell>(IReadOnlyDictionary<string, TCell> row) => Estimate(RowOf(row))[0];

    /// <summary>The number for a text, which must be as long as those that the network was trained on.</summary>
    /// <exception cref="GraphException">The network does not predict numbers.</exception>
    /// <exception cref="DataException">The network does not read text, or the text has another length or an unknown character.</exception>
    public double Estimate(string text) => EstimateEncoded(Encoded(text))[0];

    /// <summary>The number for each example, for examples as the network computes with them;
    /// see <see cref="EncodedDataset(DataArray)"/>.</summary>
    /// <exception cref="GraphException">The network does not predict numbers.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<double> EstimateEncoded(DataArray inputs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var output = Description.Output as NumberOutput ?? throw new GraphException("This network does not predict numbers.");
        if (inputs.Rows == 0) return [];
        return [.. Scores(EncodedDataset(inputs), cancellation).Select(output.Decode)];
    }

    private TableInput Table => Description.Input as TableInput ?? throw new DataException("This network takes no tables.");

    private string? Target =>
        Description.Output switch { ClassOutput output => output.Name, NumberOutput output => output.Name, _ => null };

    private CsvTable RowOf<TCell>(IReadOnlyDictionary<string, TCell> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var columns = Table.Columns;
        List<string> missing = [.. columns.Select(column => column.Name).Where(name => !row.ContainsKey(name))];
        List<string> unknown = [.. row.Keys.Where(name => name != Target && !columns.Any(column => column.Name == name))];
        if (missing.Count + unknown.Count > 0)
        {
            throw new DataException(
                "The row does not have the columns that the network "
                    + $"takes:{Listed(" missing ", missing)}{(missing.Count > 0 && unknown.Count > 0 ? ";" : "")}"
                    + $"{Listed(" unknown ", unknown)}. It takes{Listed(" ", columns.Select(column => column.Name))}; null stands for a "
                    + "value that is missing.");
        }
        return TableRows.Table([.. columns.Select(column => column.Name)],
            [columns.Select(column => TableRows.Text(row[column.Name], column.Name, column))], "the row");
    }

    private static string Listed(string what, IEnumerable<string> names)
    {
        List<string> all = [.. names];
        return all.Count == 0 ? ""
            : $"{what}{string.Join(", ", all.Take(MostTold).Select(name => $"'{Quotation.Of(name)}'"))}"
                + $"{(all.Count > MostTold ? $" and {all.Count - MostTold:N0} more" : "")}";
    }

    private const int MostTold = 20;

    private DataArray Encoded(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var input = Description.Input as TextInput ?? throw new DataException("This network does not read text.");
        var characters = input.Vocabulary.Encode(text);
        if (characters.Length != input.Length)
            throw new DataException(
                $"The text has {characters.Length:N0} characters, and the network reads {input.Length:N0}, as in training.");
        return DataArray.From(characters).Reshape(1, input.Length);
    }
}
